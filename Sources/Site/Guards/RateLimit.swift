import Crypto
import Synchronization

/// Token buckets in memory.
///
/// A bucket is found by an HMAC of the rule and the caller under a key that lives for ten minutes and is never
/// stored, so that the table is no list of addresses. A bucket in use moves on to the next key; one that nobody
/// touched for two keys' time is forgotten, in the caller's favour. At most ``capacity`` buckets are kept: when there
/// are more, the old key's go first, then all.
package final class RateLimit: Sendable {
    /// How often something may be done.
    package struct Rule: Sendable {
        let name: String
        let burst: Double
        let perSecond: Double

        /// `burst` at once, then `perHour` an hour.
        package init(_ name: String, burst: Int, perHour: Int) {
            self.name = name
            self.burst = Double(max(1, burst))
            perSecond = Double(max(1, perHour)) / 3600
        }
    }

    private struct Bucket {
        var tokens: Double
        var seen: Double
    }

    private struct State {
        var key = SymmetricKey(size: .bits128)
        var oldKey = SymmetricKey(size: .bits128)
        var keySince = 0.0
        var buckets: [[UInt8]: Bucket] = [:]
        var oldBuckets: [[UInt8]: Bucket] = [:]
    }

    private static let keyLife = 600.0
    /// Whether anything is held back at all.
    package let isOn: Bool
    private let capacity: Int
    private let seconds: @Sendable () -> Double
    private let state = Mutex(State())

    /// - Parameters:
    ///   - isOn: false lets everything pass.
    ///   - capacity: the most buckets of each key.
    package convenience init(isOn: Bool = true, capacity: Int = 100_000) {
        let start = ContinuousClock.now
        self.init(isOn: isOn, capacity: capacity) {
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            return Double(seconds) + Double(attoseconds) / 1e18
        }
    }

    /// With a clock of one's own, in seconds.
    package init(isOn: Bool, capacity: Int, seconds: @escaping @Sendable () -> Double) {
        self.isOn = isOn
        self.capacity = max(1, capacity)
        self.seconds = seconds
    }

    /// How many buckets are held.
    var count: Int { state.withLock { $0.buckets.count + $0.oldBuckets.count } }

    /// Takes `cost` tokens from the caller's bucket.
    ///
    /// - Throws: `.tooMany` with the seconds until there are enough again; nothing is taken then.
    package func consume(_ rule: Rule, for caller: String, cost: Int = 1) throws(SiteError) {
        guard isOn else { return }
        let now = seconds()
        let wait = state.withLock { take(rule, caller, Double(max(0, cost)), now, &$0) }
        if let wait { throw .tooMany(retryAfter: wait) }
    }

    private func take(_ rule: Rule, _ caller: String, _ cost: Double, _ now: Double, _ state: inout State) -> Int? {
        if now - state.keySince >= Self.keyLife {
            state.oldBuckets = now - state.keySince < 2 * Self.keyLife ? state.buckets : [:]
            state.oldKey = state.key
            state.key = SymmetricKey(size: .bits128)
            state.buckets = [:]
            state.keySince = now
        }
        let place = Self.place(rule, caller, state.key)
        var bucket =
            state.buckets[place]
            ?? state.oldBuckets.removeValue(forKey: Self.place(rule, caller, state.oldKey))
            ?? Bucket(tokens: rule.burst, seen: now)
        bucket.tokens = min(rule.burst, bucket.tokens + max(0, now - bucket.seen) * rule.perSecond)
        bucket.seen = now
        let missing = cost - bucket.tokens
        if missing <= 0 { bucket.tokens -= cost }
        if state.buckets[place] == nil, state.buckets.count >= capacity { state.buckets.removeAll() }
        if state.buckets.count + state.oldBuckets.count >= capacity { state.oldBuckets.removeAll() }
        state.buckets[place] = bucket
        return missing > 0 ? Int(min(86_400, (missing / rule.perSecond).rounded(.up))) : nil
    }

    private static func place(_ rule: Rule, _ caller: String, _ key: SymmetricKey) -> [UInt8] {
        let message = Array(rule.name.utf8) + [0] + Array(caller.utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key).prefix(16))
    }
}
