import Foundation
import Synchronization
import Testing

@testable import Sealing

struct PasswordTests {
    let secret = PrivateKey.generate().bytes
    let password = "correct horse battery"

    @Test func `a password opens what it sealed, and another does not`() async throws {
        let gate = PasswordGate()
        let sealed = try await gate.seal(secret: secret, password: password, cost: .light)
        #expect(try await gate.open(sealed, password: password) == secret)
        await #expect(throws: SealingError.wrongKey) { try await gate.open(sealed, password: password + " ") }
        await #expect(throws: SealingError.weakPassword(.short)) { try await gate.open(sealed, password: "") }
        let altered = Array(sealed.dropLast()) + [(sealed.last ?? 0) ^ 1]
        await #expect(throws: SealingError.wrongKey) { try await gate.open(altered, password: password) }
    }

    @Test func `a stored cost cannot be made cheap, ruinous or absurd`() throws {
        let sealed = try PasswordSealed.seal(secret: secret, password: password, cost: .light)
        for (place, values) in [(2, [0, 9, 19, 63, 64, 255]), (3, [0, 9, 255]), (4, [0, 5, 255])] {
            for value in values {
                var altered = sealed
                altered[place] = UInt8(value)
                #expect(throws: SealingError.unacceptableCost) {
                    try PasswordSealed.open(altered, password: password)
                }
            }
        }
        for count in Array(0..<50) + [sealed.count - 1] {
            #expect(throws: SealingError.self) {
                try PasswordSealed.open(Array(sealed.prefix(count)), password: password)
            }
        }
        #expect(PasswordCost.standard == PasswordCost(logN: 16, r: 8, p: 1))
    }

    @Test func `two work at once, others wait in line, and the one after the last is told to come back`() async throws {
        let gate = PasswordGate(atOnce: 2, waiting: 3)
        let hold = DispatchSemaphore(value: 0)
        let started = Count()
        let jobs = (0..<5).map { number in
            Task {
                try await gate.pass {
                    started.increase()
                    hold.wait()
                    return number
                }
            }
        }
        while gate.occupancy < 5 || started.value < 2 { await Task.yield() }
        await #expect(throws: SealingError.busy) { try await gate.pass {} }
        #expect(started.value == 2)
        for _ in jobs { hold.signal() }
        for (number, job) in jobs.enumerated() { #expect(try await job.value == number) }
        while gate.occupancy > 0 { await Task.yield() }
    }

    @Test func `who gives up waiting leaves the line at once, and who is being served is served`() async throws {
        let gate = PasswordGate(atOnce: 1, waiting: 1)
        let hold = DispatchSemaphore(value: 0)
        let first = Task { try await gate.pass { hold.wait() } }
        while gate.occupancy < 1 { await Task.yield() }
        let second = Task { try await gate.pass {} }
        while gate.occupancy < 2 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(gate.occupancy == 1)
        first.cancel()
        hold.signal()
        try await first.value
        try await gate.pass {}
    }

    @Test(
        arguments: [
            ("short enough", nil), ("elevenchars", .short), ("aaaaaaaaaaaa", .monotonous),
            ("abababababab", .monotonous),
            ("123456789012", .monotonous), ("cba987654321", nil), ("Password1234", .common), ("123456123456", .common),
            ("admin123admin123", .common), ("dragonmaster1", .common), ("2026#Sunshineprincess!", .common),
            ("mailcreated5240", .common), ("polniypizdec110211", .common), ("correct horse battery staple", nil),
            ("一二三四五六七八九十百", .short), ("一二三四五六七八九十百千", nil),
            (String(repeating: "长", count: 342), .long),
        ] as [(String, PasswordPolicy.Weakness?)])
    func `a password is judged by its length and by being anyone's first guess`(
        password: String, weakness: PasswordPolicy.Weakness?
    ) throws {
        if let weakness {
            #expect(throws: SealingError.weakPassword(weakness)) { try PasswordPolicy.check(password) }
        } else {
            try PasswordPolicy.check(password)
        }
    }

    @Test func `a session token is read back from its text, and its hash is not its key`() throws {
        let token = SessionToken.random()
        let again = try #require(SessionToken(token.text))
        #expect(again.hash == token.hash && again.sealingKey == token.sealingKey)
        #expect(token.hash != token.sealingKey.bytes && token.hash.count == 32)
        #expect(SessionToken(token.text + "=") == nil && SessionToken("") == nil)
        #expect(SessionToken(String(token.text.dropLast()) + "é") == nil)
    }
}

/// A number that several threads count up.
private final class Count: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increase() { count.withLock { $0 += 1 } }
}
