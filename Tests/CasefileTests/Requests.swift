import Casework
import Database
import Kernel
import Sealing
import Testing

@testable import Casefile

/// What the stories about requests, teams and returns do again and again.
extension SmallWorld {
    /// A report at the city, assigned to the county and referred to its inspectors.
    func assigned() async throws -> ReportID {
        let filed = try await casefile.file(
            Filing(organ: "C", letter: Self.letter([Self.clerkOfTheTown]), reporter: Reporter(name: "钱有粮")))
        try await judge(filed.id, at: "c", way: "assign", ["organ": try organ("Q"), "ground": .text("typical")])
        try await act("assign", filed.id, "c.registrar")
        try await act("sign", filed.id, "q.registrar")
        try await judge(filed.id, at: "q", way: "refer", ["office": try office("Q.inspection")])
        return filed.id
    }

    /// A report of the county, approved to be referred.
    func judged(
        category: String = "discipline-breach", reported: ReportedParty = Self.clerkOfTheTown,
        reporter: Reporter? = nil, receipt: Receipt? = nil
    ) async throws -> ReportID {
        let filed = try await casefile.file(
            Filing(
                organ: "Q", letter: Self.letter([reported]), reporter: reporter, channel: .web,
                receipt: receipt))
        try await act("register", filed.id, "q.registrar")
        if reporter != nil {
            try await act("verify-identity", filed.id, "q.custodian", ["status": .text("real-name")])
        }
        var input: ActInput = ["category": .text(category)]
        if category == "discipline-breach" { input["problem"] = .text("mass") }
        try await act("classify", filed.id, "q.triage", input)
        return filed.id
    }

    /// From the proposal to the handler at the county.
    func allocated(_ id: ReportID) async throws {
        let office = try office("Q.inspection")
        try await act(
            "propose", id, "q.triage", ["way": .text("refer"), "office": office, "opinion": .text("移送")])
        try await act("approve", id, "q.deputy")
        try await received(id)
    }

    /// Assigned to the county, and a disposal approved there.
    func underWay() async throws -> ReportID {
        let id = try await assigned()
        try await received(id)
        try await dispose(id, "close")
        return id
    }

    /// Somebody of the letters office writes down that another person is reported.
    func amend(_ id: ReportID, by username: String, reported party: ReportedParty) async throws {
        let row: [String: InputValue] = [
            "kind": .text(party.kind.rawValue), "name": .text(party.name), "unit": .text(party.unit),
            "management": .text(party.management.rawValue), "principal": .text(party.principal ? "true" : "false"),
        ]
        try await act("amend", id, username, ["reported": .items([row]), "reason": .text("来电核实")])
    }

    func received(_ id: ReportID) async throws {
        try await act("refer", id, "q.registrar")
        try await act("sign", id, "q.inspector")
        try await act("allocate", id, "q.inspector", ["handlers": .list([try self["q.handler"].staff.description])])
    }

    func dispose(_ id: ReportID, _ kind: String, _ more: ActInput = [:]) async throws {
        var input: ActInput = ["kind": .text(kind), "opinion": .text("拟办")]
        input.merge(more) { $1 }
        try await act("dispose", id, "q.handler", input)
        try await act("approve", id, "q.deputy")
    }

    func conclude(_ id: ReportID, finding: String = "untrue", end: String = "close") async throws {
        try await act(
            "conclude", id, "q.handler",
            [
                "results": .items([["party": .text("1"), "finding": .text(finding), "handling": .text("none")]]),
                "end": .text(end), "text": .text("没有查到"),
            ])
    }

    /// The last of the team signs, and the principal leader agrees to how the verification ends.
    func sign(_ id: ReportID, _ username: String) async throws {
        try await act("countersign", id, username)
        try await act("approve", id, "q.principal")
    }

    /// One custodian asks for the identity to be opened, another agrees.
    func open(
        _ id: ReportID, by asker: String, and second: String, to reader: String? = nil, hours: String = "4"
    ) async throws {
        var input: ActInput = ["ground": .text("contact"), "window": .text(hours), "reason": .text("电话核实")]
        if let reader { input["reader"] = .text(try self[reader].staff.description) }
        try await act("open-identity", id, asker, input)
        try await decide(id, second)
    }

    /// The acts that somebody is offered; none where the report does not exist for them.
    func offers(_ id: ReportID, _ username: String) async throws -> [String] {
        try await view(id, username)?.acts.map(\.rule.name) ?? []
    }

    func waits(_ id: ReportID, for username: String) async throws -> Bool {
        try await casefile.inbox(InboxQuery(), for: try self[username], titles: true).items.contains { $0.id == id }
    }

    /// Everybody who is offered an act.
    func offered(_ name: String, on id: ReportID) async throws -> [String] {
        var found: [String] = []
        for username in people.keys.sorted() where try await offers(id, username).contains(name) {
            found.append(username)
        }
        return found
    }

    /// Decides on the first request that waits for somebody.
    func decide(_ id: ReportID, _ username: String, agreed: Bool = true) async throws {
        let view = try #require(try await view(id, username), "\(username) does not find it")
        let offer = try #require(view.acts.first { $0.rule.name == "decide" }, "nothing waits for \(username)")
        let request = try #require(offer.choices["requests"]?.first?.value)
        try await act(
            "decide", id, username, ["request": .text(request), "agreed": .text(agreed ? "yes" : "no")])
    }

    /// The latest limit of a name, as somebody sees it.
    func limit(_ name: String, of id: ReportID, for username: String) async throws -> LimitState? {
        try await view(id, username)?.limits.last { $0.rule.name == name }
    }

    /// All words that somebody reads in the report's story.
    func words(_ id: ReportID, _ username: String) async throws -> [String] {
        try await view(id, username)?.story.flatMap { $0.texts.map(\.text) } ?? []
    }

    /// How many keys of what the reporter sent, of the talk and of shared papers somebody could open with all that is
    /// stored for them; with `papers`, also of the organs' own.
    func keys(_ id: ReportID, _ username: String, papers: Bool = false) async throws -> Int {
        let viewer = try self[username]
        return try await casefile.database.read { tx in
            var ring = try KeyRing.load(tx, for: viewer)
            return try tx.rows(
                """
                SELECT w.recipient, w.generation, w.wrap, w.key_id FROM key_wrap w
                JOIN sealing_key k ON k.id = w.key_id WHERE k.report_id = \(id) AND (k.kind <> 'case' OR \(papers) = 1)
                """
            ).filter { row in
                let key = try? ring.open(
                    try row.get("wrap"), recipient: try row.get("recipient"), generation: try row.get("generation"),
                    keyID: try row.get("key_id"))
                return key != nil
            }.count
        }
    }
}
