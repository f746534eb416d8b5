import Kernel
import Testing

@testable import Casework

/// A change of the rules must leave somebody who can do each act.
struct RuleDesertionTests {
    private func adding(_ act: String, of people: TestWorld) throws -> RuleFault? {
        let body = "acts:\n  \(act): {source: 甲, notBy: proposer}"
        let change = try RuleOverride(file: "change.yaml", text: RuleBookTests.text("qingtang", body))
        let (book, world) = (RuleBook(try Workflow.shipped()), people.build())
        do throws(RuleFault) {
            _ = try book.adding(change, in: world)
            return nil
        } catch { return error }
    }

    /// At least two who refer wherever a report is proposed on.
    private func province() throws -> TestWorld {
        var people = TestWorld.province()
        try people.seat("qingtang.internal.handler", in: "qingtang.internal", as: .triage)
        return people
    }

    /// The town's letters office is one person, who judges and proposes.
    private func withOneClerk() throws -> TestWorld {
        var people = try province()
        let desk = try people.office("tangyi.letters").id
        people.memberships.removeAll { $0.office == desk && $0.role != .director }
        return people
    }

    @Test func `an act that the proposer must leave to a colleague is refused where an office has one person`() throws {
        let fault = try #require(try adding("refer", of: withOneClerk()))
        #expect(fault.reason == "refer: nobody would be left to do it at tangyi" && fault.line == 7)
        #expect(try adding("refer", of: province()) == nil, "two are enough")
    }

    @Test func `one person who proposes nothing may go on alone`() throws {
        var people = try withOneClerk()
        let desk = try people.office("tangyi.letters").id
        #expect(try adding("refer", of: people) != nil)
        // A registrar refers what the director proposes.
        try people.seat("tangyi.inspection.member", in: "tangyi.letters", as: .registrar)
        #expect(people.memberships.filter { $0.office == desk }.count == 2)
        #expect(try adding("refer", of: people) == nil)
    }
}
