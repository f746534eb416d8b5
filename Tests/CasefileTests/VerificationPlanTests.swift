import Casework
import Database
import DatabaseTesting
import Kernel
import Testing

@testable import Casefile

/// 监督执纪工作规则: a verification is carried out as its plan was approved.
@Suite struct `A verification ends when its approved plan says` {
    /// With the handler, who proposes to verify until a day; approved on 2026-03-02.
    private func verified(_ world: SmallWorld, until day: String?) async throws -> ReportID {
        let id = try await world.judged()
        try await world.allocated(id)
        var plan: ActInput = ["plan": .text("调取账目")]
        if let day { plan["until"] = .text(day) }
        try await world.dispose(id, "verify", plan)
        return id
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `the handler sees the planned day as the limit, and has more time once a leader agrees`(_ engine: Engine)
        async throws
    {
        try await withWorld(engine) { world in
            let id = try await verified(world, until: "2026-03-31")
            let limit = try #require(try await world.limit("verification", of: id, for: "q.handler"))
            #expect(limit.due == Day("2026-03-31") && limit.planned == limit.due)
            let told = try #require(limit.explanation.first { $0.kind == .planned })
            #expect(told.from == limit.due && told.name?.zh.isEmpty == false, "with its source")
            #expect(limit.explanation.filter { $0.kind == .calendar }.last?.numbers?.upperBound == 29)
            #expect(limit.isOverdue(on: try #require(Day("2026-04-01"))))

            try await world.act("extend", id, "q.handler", ["limit": .text("verification"), "reason": .text("等鉴定")])
            #expect(
                try await world.limit("verification", of: id, for: "q.handler")?.due == limit.due, "asked is not had")
            try await world.decide(id, "q.deputy")
            let after = try #require(try await world.limit("verification", of: id, for: "q.handler"))
            #expect(after.due == Day("2026-04-30") && after.extensions.count == 1)
            #expect(try await world.casefile.verify().reports == 1)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a plan that takes longer than the rules allow, or names no day, leaves the rule's own day`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            let plain = try await verified(world, until: nil)
            let own = try #require(try await world.limit("verification", of: plain, for: "q.handler"))
            let slow = try await verified(world, until: "2026-09-30")
            let limit = try #require(try await world.limit("verification", of: slow, for: "q.handler"))
            #expect(limit.due == own.due && limit.planned == nil && own.planned == nil)
            #expect(!limit.explanation.contains { $0.kind == .planned })
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `nobody plans to be done yesterday`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            await #expect(throws: CasefileError.invalid([FieldFault("until", "dayOver")])) {
                _ = try await verified(world, until: "2026-03-02")
            }
        }
    }
}
