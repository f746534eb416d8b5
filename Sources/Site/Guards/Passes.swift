import Crypto
import Synchronization

/// Why a proof of work was not taken. The one who sent it gets another challenge in any case.
package enum ProofError: Error, Equatable, SiteErrorConvertible {
    /// Not of the form `challenge.number,number,…`, cut off, or with a challenge that was never given out here.
    case forged
    /// Its challenge is too old, or of a key that is gone.
    case expired
    /// It was used before.
    case used
    /// A number does not do what the challenge asks for.
    case wrong

    package var siteError: SiteError {
        .invalid([FieldError("proof", "errors.proof.\(self)")], type: "proof-\(self)")
    }
}

/// What somebody over a limit may do instead of waiting for it: so many numbers, each of which makes SHA-256 of
/// `challenge:index:number` begin with so many zero bits.
package struct Challenge: Sendable, Equatable {
    package let text: String
    package let pieces: Int
    package let bits: Int
}

/// Lets people through who are over the limit of their address, which many may share: behind Tor, behind a company's
/// proxy. A pass is a text in the person's cookie and gives them a small allowance of their own.
///
/// A pass is earned by computing (``accept(_:)``), or by waiting: it is given at once then, and holds from a later
/// second on. Nothing about a pass is stored but the random numbers of challenges that were used, until they end. The
/// keys live in memory, for an hour and as the elder one for an hour more, and every text ends before its key.
package final class Passes: Sendable {
    private struct Era {
        let key = SymmetricKey(size: .bits128)
        var used: Set<[UInt8]> = []
    }

    private struct State {
        var now = Era()
        var before = Era()
        var since = 0.0
    }

    /// What a cookie says.
    enum Standing: Equatable {
        /// It gives an allowance: earned by computing or by waiting, and the name of its bucket.
        case good(isProven: Bool, bucket: String)
        /// Its holder still waits for so many seconds.
        case early(seconds: Int)
        case none
    }

    private static let keyLife = 3600.0
    private let rules: VisitorRules
    private let capacity: Int
    private let seconds: @Sendable () -> Double
    private let state = Mutex(State())

    package convenience init(_ rules: VisitorRules) {
        let start = ContinuousClock.now
        self.init(rules, capacity: 100_000) {
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            return Double(seconds) + Double(attoseconds) / 1e18
        }
    }

    /// - Parameter capacity: so many used challenges of a key are remembered; then the key changes early, so that none can be
    ///   used twice.
    init(_ rules: VisitorRules, capacity: Int, seconds: @escaping @Sendable () -> Double) {
        self.rules = rules
        self.capacity = max(1, capacity)
        self.seconds = seconds
    }

    /// A fresh challenge; harder, as the rules say, the more were met in this hour.
    func challenge() -> Challenge {
        let now = seconds()
        return state.withLock { state in
            turn(&state, now)
            let step = rules.proof.step(after: state.now.used.count)
            let stamp = Stamp(
                .challenge, pieces: step.pieces, bits: step.bits, begin: now, lasting: rules.proof.challengeSeconds)
            return Challenge(text: stamp.text(under: state.now.key), pieces: step.pieces, bits: step.bits)
        }
    }

    /// Takes a proof, once, and answers the pass that it earns.
    func accept(_ proof: String) throws(ProofError) -> String {
        let halves = proof.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard proof.utf8.count <= 4096, halves.count == 2, halves[0].utf8.count == Stamp.length else { throw .forged }
        let now = seconds()
        let keys = keys(now)
        guard let stamp = Stamp(halves[0], under: keys.0) ?? Stamp(halves[0], under: keys.1), stamp.kind == .challenge
        else { throw .forged }
        guard now < Double(stamp.end) else { throw .expired }
        let numbers = halves[1].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == Int(stamp.pieces) else { throw .forged }
        for (index, number) in numbers.enumerated() {
            guard (1...12).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw .forged
            }
            guard Self.zeros("\(halves[0]):\(index):\(number)") >= Int(stamp.bits) else { throw .wrong }
        }
        // Looked up and marked in one step, so that of two at the same moment one is too late.
        let answer: Result<String, ProofError> = state.withLock { state in
            turn(&state, now)
            guard !state.now.used.contains(stamp.nonce), !state.before.used.contains(stamp.nonce) else {
                return .failure(.used)
            }
            if Stamp(halves[0], under: state.now.key) != nil {
                state.now.used.insert(stamp.nonce)
            } else if Stamp(halves[0], under: state.before.key) != nil {
                state.before.used.insert(stamp.nonce)
            } else {
                return .failure(.expired)
            }
            if state.now.used.count >= capacity { begin(&state, now) }
            let pass = Stamp(.proven, begin: now, lasting: rules.proof.passSeconds)
            return .success(pass.text(under: state.now.key))
        }
        return try answer.get()
    }

    /// A pass that holds after the wait.
    func waiting() -> String {
        let now = seconds()
        return state.withLock { state in
            turn(&state, now)
            let begin = now + Double(rules.wait.seconds)
            return Stamp(.waited, begin: begin, lasting: rules.wait.passSeconds).text(under: state.now.key)
        }
    }

    func standing(_ text: String?) -> Standing {
        guard let text else { return .none }
        let now = seconds()
        let keys = keys(now)
        guard let stamp = Stamp(text, under: keys.0) ?? Stamp(text, under: keys.1), stamp.kind != .challenge,
            now < Double(stamp.end)
        else { return .none }
        let left = Double(stamp.begin) - now
        if left > 0 { return .early(seconds: Int(left.rounded(.up))) }
        let bucket = String(decoding: stamp.nonce.flatMap { [$0 >> 4 + 65, $0 & 15 + 65] }, as: UTF8.self)
        return .good(isProven: stamp.kind == .proven, bucket: bucket)
    }

    private func keys(_ now: Double) -> (SymmetricKey, SymmetricKey) {
        state.withLock { state in
            turn(&state, now)
            return (state.now.key, state.before.key)
        }
    }

    private func turn(_ state: inout State, _ now: Double) {
        if now - state.since < Self.keyLife { return }
        let isLate = now - state.since >= 2 * Self.keyLife
        begin(&state, now)
        if isLate { state.before = Era() }
    }

    private func begin(_ state: inout State, _ now: Double) {
        state.before = state.now
        state.now = Era()
        state.since = now
    }

    /// How many bits SHA-256 of the text begins with that are zero.
    static func zeros(_ text: String) -> Int {
        var count = 0
        for byte in SHA256.hash(data: Array(text.utf8)) {
            count += byte.leadingZeroBitCount
            if byte != 0 { break }
        }
        return count
    }
}
