import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

@Suite struct `Guessing passwords` {
    @Test(arguments: TestDatabase.availableEngines)
    func `is slowed down for all processes together and after a restart, and nobody is shut out for good`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let (one, other) = (SignInBrake(world.casefile), SignInBrake(world.casefile))
            for turn in 0..<15 {
                #expect(try await one.wait(account: "q.director", address: "192.0.2.7") == nil)
                try await (turn.isMultiple(of: 2) ? one : other).failed(account: "q.director", address: "192.0.2.7")
            }
            for brake in [one, other, SignInBrake(world.casefile)] {
                #expect(try await brake.wait(account: "q.director", address: "192.0.2.7") == 120)
            }
            // Its owner comes from elsewhere; others come from the same address.
            #expect(try await one.wait(account: "q.director", address: "192.0.2.8") == nil)
            #expect(try await one.wait(account: "q.triage", address: "192.0.2.7") == nil)
            // However often somebody knocks in vain, the wait grows no longer.
            for _ in 0..<20 { try await one.failed(account: "q.director", address: "192.0.2.7") }
            #expect(try await one.wait(account: "q.director", address: "192.0.2.7") ?? 0 <= 120)
            world.clock.advance(seconds: 121)
            #expect(try await one.wait(account: "q.director", address: "192.0.2.7") == nil)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `leaves rows that show no address, mean nothing the next day and are gone soon`(_ engine: Engine) async throws
    {
        try await withWorld(engine) { world in
            func rows(_ column: String, _ table: String) async throws -> [[UInt8]] {
                try await world.casefile.database.read { tx in
                    try tx.rows("SELECT \(raw: column) AS x FROM \(raw: table) ORDER BY 1").map { try $0.get("x") }
                }
            }
            let brake = SignInBrake(world.casefile)
            try await brake.failed(account: "q.director", address: "192.0.2.7")
            let (places, salt) = (try await rows("place", "sign_in_failure"), try await rows("salt", "sign_in_salt"))
            #expect(places.count == 3 && places.allSatisfy { $0.count == 32 } && salt.count == 1)
            try await brake.sweep()
            #expect(try await rows("place", "sign_in_failure") == places)
            world.clock.advance(days: 1)
            try await brake.failed(account: "q.director", address: "192.0.2.7")
            try await brake.sweep()
            let next = try await rows("place", "sign_in_failure")
            #expect(next.count == 3 && Set(next).isDisjoint(with: places))
            let fresh = try await rows("salt", "sign_in_salt")
            #expect(fresh.count == 1 && fresh != salt)
            world.clock.advance(seconds: 1800)
            try await brake.sweep()
            #expect(try await rows("place", "sign_in_failure").isEmpty)
        }
    }
}
