package import Database
import Foundation
import Kernel
import Sealing
import Synchronization

/// The tables of the brake: one row for each account or address that failed lately, and the salt of the day.
package enum SignInBrakeSchema {
    package static let migration = Migration(
        id: "0021-sign-in-brake",
        statements: [
            """
            CREATE TABLE sign_in_salt (day INTEGER PRIMARY KEY NOT NULL, salt BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE sign_in_failure (place BLOB PRIMARY KEY NOT NULL, filled_until INTEGER NOT NULL) STRICT
            """,
            "CREATE INDEX sign_in_failure_end ON sign_in_failure (filled_until)",
        ])
}

/// Slows down whoever guesses passwords, across restarts and for all processes of one installation together.
///
/// Only failures are counted, after the answer is known: a good password costs one look at three rows. A bucket is one
/// number, the moment at which it will be empty again, so that it drains by itself; nobody is ever locked out for good.
/// A row is found by an HMAC of account or address under a key made of a secret of the keys folder and a random salt of
/// the day. The salt goes with its day: from then on nobody, not even with the keys, can tell whose rows those were or
/// connect them with later ones, and the rows go soon after they have drained (within half an hour). All counts begin anew at midnight.
package final class SignInBrake: Sendable {
    /// How many failures at once, and how many an hour after that.
    package struct Rule: Sendable {
        package let name: String
        package let burst: Int
        package let perHour: Int

        var interval: Int64 { 3_600_000 / Int64(max(1, perHour)) }
        /// How far ahead of now a bucket may be filled so that one more is taken.
        var tolerance: Int64 { interval * Int64(max(0, burst - 1)) }
    }

    /// One account from one address: fifteen tries, then one every two minutes.
    package static let accountAndAddress = Rule(name: "sign-in account address", burst: 15, perHour: 30)
    /// One account from everywhere: wide enough that strangers do not keep its owner out.
    package static let account = Rule(name: "sign-in account", burst: 150, perHour: 600)
    /// One address.
    package static let address = Rule(name: "sign-in address", burst: 40, perHour: 240)

    /// The codes of the second factor, tried after the right password: fifteen, then one every two minutes, from
    /// everywhere together. At three codes in a million that may be right, a day of guessing finds one in 500 days.
    package static let code = Rule(name: "sign-in code", burst: 15, perHour: 30)

    private let database: any Database
    private let clock: Clock
    private let key: SecretKey
    private let held = Mutex<(day: Day, key: SecretKey)?>(nil)

    package init(_ casefile: Casefile) {
        database = casefile.database
        clock = casefile.clock
        key = casefile.keys.index.derived(for: "sign-in brake")
    }

    /// Seconds until another try is taken; `nil` where it may be made now. Counts nothing.
    package func wait(account: String, address: String) async throws -> Int? {
        try await wait(Self.rules(account, address))
    }

    /// Seconds until another code of this account is taken; `nil` where it may be given now. Counts nothing.
    package func wait(codeOf person: String) async throws -> Int? {
        try await wait([(Self.code, [person])])
    }

    private func wait(_ rules: [(Rule, [String])]) async throws -> Int? {
        let now = clock.now()
        let places = try await places(rules, now.day)
        let rows = try await database.read { tx in
            try tx.rows("SELECT place, filled_until FROM sign_in_failure WHERE place IN \(list: places.map(\.place))")
                .map { (try $0.get("place", as: [UInt8].self), try $0.get("filled_until", as: Instant.self)) }
        }
        let filled = Dictionary(rows, uniquingKeysWith: { first, _ in first })
        let milliseconds =
            places.compactMap { rule, place in
                filled[place].map { $0.milliseconds &- now.milliseconds &- rule.tolerance }
            }.max() ?? 0
        return milliseconds > 0 ? Int(min(86_400, (milliseconds &+ 999) / 1000)) : nil
    }

    /// Counts a wrong password. A full bucket gets no fuller: the wait never grows beyond one interval.
    package func failed(account: String, address: String) async throws {
        try await failed(Self.rules(account, address))
    }

    /// Counts a wrong code.
    package func failed(codeOf person: String) async throws { try await failed([(Self.code, [person])]) }

    private func failed(_ rules: [(Rule, [String])]) async throws {
        let now = clock.now()
        let places = try await places(rules, now.day)
        try await database.write { tx in
            // Always in the same order, so that no two processes wait for each other.
            for (rule, place) in places {
                let one = Instant(milliseconds: now.milliseconds &+ rule.interval)
                let full = Instant(milliseconds: now.milliseconds &+ rule.tolerance)
                try tx.run(
                    """
                    INSERT INTO sign_in_failure (place, filled_until) VALUES (\(place), \(one))
                    ON CONFLICT (place) DO UPDATE SET filled_until = CASE
                      WHEN sign_in_failure.filled_until < \(now) THEN \(one)
                      WHEN sign_in_failure.filled_until > \(full) THEN sign_in_failure.filled_until
                      ELSE sign_in_failure.filled_until + \(rule.interval) END
                    """)
            }
        }
    }

    /// Forgets what has drained, and the salts of days before; to be done now and then.
    package func sweep() async throws {
        let now = clock.now()
        try await database.write { tx in
            try tx.run("DELETE FROM sign_in_failure WHERE filled_until < \(now)")
            try tx.run("DELETE FROM sign_in_salt WHERE day < \(now.day)")
        }
    }

    private static func rules(_ account: String, _ address: String) -> [(Rule, [String])] {
        [(Self.account, [account]), (Self.accountAndAddress, [account, address]), (Self.address, [address])]
    }

    private func places(
        _ rules: [(Rule, [String])], _ day: Day
    ) async throws -> [(rule: Rule, place: [UInt8])] {
        let key = try await dayKey(day)
        return rules.map { rule, parts in (rule, KeyedHash.hmac(key: key, parts: [rule.name] + parts)) }
    }

    /// The key of a day, made by whichever process needs it first; the salts of days before are forgotten then.
    private func dayKey(_ day: Day) async throws -> SecretKey {
        if let known = held.withLock({ $0 }), known.day == day { return known.key }
        let fresh = SecretKey.random().bytes
        let salt = try await database.write { tx -> [UInt8] in
            try tx.run("DELETE FROM sign_in_salt WHERE day < \(day)")
            try tx.run("INSERT INTO sign_in_salt (day, salt) VALUES (\(day), \(fresh)) ON CONFLICT (day) DO NOTHING")
            return try tx.scalar("SELECT salt FROM sign_in_salt WHERE day = \(day)") ?? fresh
        }
        let made = key.derived(for: "sign-in brake of the day " + Hex.encode(salt))
        held.withLock { $0 = (day, made) }
        return made
    }
}
