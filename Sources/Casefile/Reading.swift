package import Casework
import Database
import Foundation
package import Kernel
import Sealing

/// One line of a report's story.
package struct StoryEntry: Sendable {
    package var sequence: Int
    package var at: Instant
    package var act: String
    package var from: String
    package var to: String
    /// `nil` for the reporter.
    package var staff: StaffID?
    package var organ: OrganID
    /// Empty where the viewer sees only stage and date.
    package var codes: [String: String]
    package var texts: [(field: String, text: String)]
}

/// One turn of the conversation with the reporter.
package struct Turn: Sendable {
    package var at: Instant
    /// `reporter` or `office`.
    package var from: String
    /// `message`, `objection`, `notice`, `reply` or `rating`; in notices also `identity-opened`.
    package var kind: String
    package var text: String

    package init(at: Instant, from: String, kind: String, text: String) {
        self.at = at
        self.from = from
        self.kind = kind
        self.text = text
    }
}

/// A report as one viewer may see it; absent parts are `nil` or empty.
package struct ReportView: Sendable {
    package var id: ReportID
    package var number: String?
    package var standing: Standing
    package var reach: Reach
    package var channel: Channel
    package var receivedAt: Instant
    package var category: String?
    package var problem: String?
    package var marks: [String]
    package var letter: Letter?
    /// The reporter, masked, for a custodian; what is behind shows in single looks alone.
    package var reporter: Reporter?
    /// The identity stands open to this viewer.
    package var opening: IdentityOpening?
    package var files: [FileView]
    /// Who of the viewer's own organ looked at which file, oldest first.
    package var looks: [EvidenceLook]
    package var conversation: [Turn]
    package var story: [StoryEntry]
    package var limits: [LimitState]
    package var acts: [OfferedAct]
    /// What models propose for fields of these acts.
    package var suggestions: [FieldSuggestion]
    package var due: Day?
    /// The report's way from desk to desk; empty without the outline.
    package var way: [HopView]
    /// What waits for somebody's agreement, as far as this viewer has to know.
    package var requests: [RequestView]
    /// A decision is due, and nobody who may take it is there, here or above.
    package var waitsForNobody: Bool
    package var world: World
    /// The rules that the report follows.
    package var workflow: Workflow
}

/// A file of a report, named to those who hold its key.
package struct FileView: Sendable {
    package var id: String
    package var name: String
    package var type: String
    package var size: Int64
    package var author: String
    package var day: Day
}

/// An act that this viewer may do now, with the choices of its fields.
package struct OfferedAct: Sendable {
    package var rule: ActRule
    package var choices: DynamicChoices
    /// The day by which the act is due, if a limit waits for it.
    package var due: Day?
}

extension Casefile {
    /// Opens a report for a viewer. `.notFound` for what this viewer may not see, whatever the reason. Where it waits for
    /// leaders who have gone, and the viewer holds its keys, others are asked first.
    package func report(_ id: ReportID, for viewer: Viewer) async throws -> ReportView {
        await handOpenings(by: viewer, on: id)
        var view = try await shown(id, for: viewer)
        if view.waitsForNobody, await findDeciders(on: id, by: viewer) { view = try await shown(id, for: viewer) }
        // What was opened is not shown before it is written down that it was.
        if view.tellsSealed { try await enterRead(id, by: viewer, .opened) }
        return view
    }

    func shown(_ id: ReportID, for viewer: Viewer) async throws -> ReportView {
        let casefile = self
        return try await refusingTheNamed(id, viewer) {
            try await database.read { tx in
                let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                try open.refuseTheNamed(viewer, letter: try open.letter(tx))
                return try casefile.view(open, for: viewer, tx)
            }
        }
    }

    /// Somebody who joined, or declared kin, after the filing may turn out to be named in it: then the report does not
    /// exist for them from this moment on, and a bar says so.
    func refusingTheNamed<T: Sendable>(
        _ id: ReportID, _ viewer: Viewer, _ body: () async throws -> T
    ) async throws -> T {
        do {
            return try await body()
        } catch let named as NamedInIt {
            try await database.write { tx in
                try NewBar(report: id, person: viewer.staff, reason: named.reason).insert(tx)
            }
            throw CasefileError.notFound
        }
    }

    func view(_ open: OpenReport, for viewer: Viewer, _ tx: any Transaction) throws -> ReportView {
        let stored = open.stored
        let standing = stored.standing
        let letter = try open.letter(tx)
        let texts = try openTexts(open, tx)
        let story = try story(open, for: viewer, texts: texts + (try corrections(open, tx)), tx)
        let workflow = open.workflow
        let limits = try workflow.limitStates(
            of: standing.done, standing: standing, calendar: open.picture.calendar)
        let lists = ChoiceLists(open: open, letter: letter, viewer: viewer.staff)
        let allowed = workflow.possible(for: viewer.staff, on: standing, world: open.picture.world)
            .filter { !lists.isWithheld($0.rule) }
        let choices = lists.lists(for: allowed.map(\.rule))
        let possible = allowed.filter { !lists.isEmptyHanded($0.rule, choices) }
        // What the report waits for stands first.
        let waited = possible.filter { $0.rule.isWaitedFor(at: standing.stage, standing, in: open.picture.world) }
        let rest = possible.filter { !$0.rule.isWaitedFor(at: standing.stage, standing, in: open.picture.world) }
        let acts = (waited + rest).map { act in
            let due = limits.filter { $0.rule.ends.contains(act.rule.name) }.compactMap(\.runningDue).min()
            return OfferedAct(rule: act.rule, choices: choices, due: due)
        }
        let ownOrgan = open.picture.world.staff[viewer.staff]?.organ
        let custody = standing.custodies.last { $0.organ == ownOrgan && $0.number != nil }
        return ReportView(
            id: stored.id, number: custody?.number, standing: standing, reach: open.reach,
            channel: stored.channel, receivedAt: stored.receivedAt, category: open.reach.letter ? stored.category : nil,
            problem: open.reach.letter ? stored.problem : nil, marks: open.reach.letter ? stored.marks : [],
            letter: letter, reporter: try open.reporter(tx)?.masked,
            opening: try opening(open, for: viewer, tx),
            files: open.reach.letter ? try fileViews(open, tx) : [], looks: try looks(open, for: viewer, tx),
            conversation: open.reach.letter ? conversation(texts) : [], story: open.reach.outline ? story : [],
            limits: open.reach.outline ? limits : [], acts: acts,
            suggestions: letter.map { suggesters.suggestions(for: $0, acts: acts.map(\.rule)) } ?? [],
            due: open.reach.outline ? stored.dueDay : nil,
            way: way(open, for: viewer), requests: try requests(open, for: viewer, tx),
            waitsForNobody: open.reach.outline && workflow.waitsForNobody(standing, world: open.picture.world),
            world: open.picture.world, workflow: workflow)
    }

    private func opening(_ open: OpenReport, for viewer: Viewer, _ tx: any Transaction) throws -> IdentityOpening? {
        try open.openings(tx, for: viewer, at: clock.now()).first.map {
            IdentityOpening(ground: try $0.get("ground"), until: try $0.get("until"), isHanded: try $0.isHanded)
        }
    }

    struct OpenedText: Sendable {
        var sequence: Int
        var field: String
        var author: String
        var at: Instant
        var text: String
    }

    /// Every text whose key is in hand, oldest first.
    func openTexts(_ open: OpenReport, _ tx: any Transaction) throws -> [OpenedText] {
        try tx.rows(
            """
            SELECT seq, field, key_id, author, at, envelope FROM sealed
            WHERE report_id = \(open.stored.id) AND field NOT IN ('title', 'letter', 'reporter', 'asked-why') ORDER BY seq, id
            """
        ).compactMap { row in
            guard let key = open.key(try row.get("key_id")) else { return nil }
            let field: String = try row.get("field")
            let sequence: Int = try row.get("seq")
            let plain = try Envelope.open(
                try row.get("envelope"), under: key.secret, binding: .text(open.stored.id, field, sequence))
            return OpenedText(
                sequence: sequence, field: field, author: try row.get("author"), at: try row.get("at"),
                text: String(decoding: plain, as: UTF8.self))
        }
    }

    private func story(
        _ open: OpenReport, for viewer: Viewer, texts: [OpenedText], _ tx: any Transaction
    ) throws -> [StoryEntry] {
        let bySequence = Dictionary(grouping: texts, by: \.sequence)
        let visible = visibleCustodies(open)
        return try tx.rows("SELECT * FROM event WHERE report_id = \(open.stored.id) ORDER BY seq").compactMap { row in
            let sequence: Int = try row.get("seq")
            let staff: StaffID? = try row.maybe("staff_id")
            let codes: [String: String] = JSONText.decode(try row.get("codes")) ?? [:]
            var organ: OrganID = try row.get("organ_id")
            var inside = visible.contains(try row.get("custody"))
            if codes["export-number"] != nil {
                // Like a look at evidence, an export is told within the organ of whoever made it, and nowhere else.
                guard staff.flatMap({ open.picture.world.staff[$0]?.organ }) == viewer.organ else { return nil }
                organ = viewer.organ
                inside = open.reach.letter
            }
            // Whom a reporter's request is about is for those alone who decide on it.
            let act: String = try row.get("act")
            let isHidden = open.workflow.acts[act]?.isOfReporter ?? false
            return StoryEntry(
                sequence: sequence, at: try row.get("at"), act: act,
                from: try row.get("from_stage"), to: try row.get("to_stage"), staff: inside ? staff : nil,
                organ: organ, codes: inside && !isHidden ? codes : [:],
                texts: (bySequence[sequence] ?? []).map { ($0.field, $0.text) })
        }
    }

    /// The custodies whose details this viewer may see: those of which a case key is in hand, or before there is one.
    func visibleCustodies(_ open: OpenReport) -> Set<Int> {
        var result = Set(open.keys.keys.filter { $0.kind == "case" }.map(\.custody))
        if open.reach.papers, let index = open.stored.standing.custody?.index { result.insert(index) }
        return result
    }

    /// What a text is in the conversation with the reporter; `nil` for what is no part of it.
    private static func turn(_ field: String) -> String? {
        switch field {
        case "message.text", "reporter-message.text": "message"
        case "notify.text", "decline.text", "hand-out.text": "notice"
        case "feedback.text", "outside-result.text": "reply"
        case "reporter-objection.text", "object.text": "objection"
        case "rate.comment": "rating"
        default: nil
        }
    }

    /// Whether a text of a story belongs to the conversation with the reporter.
    package static func isConversation(_ field: String) -> Bool { turn(field) != nil }

    func conversation(_ texts: [OpenedText]) -> [Turn] {
        texts.compactMap { text in
            Self.turn(text.field).map { Turn(at: text.at, from: text.author, kind: $0, text: text.text) }
        }
    }
}

extension Reporter {
    /// The first character of a name, the last four of a number; nothing of the rest.
    var masked: Reporter {
        Reporter(
            kind: kind, name: String(name.prefix(1)) + "＊＊", phone: Self.tail(phone), email: email.isEmpty ? "" : "＊",
            address: address.isEmpty ? "" : "＊", residentID: Self.tail(residentID),
            safeContact: safeContact.isEmpty ? "" : "＊",
            others: others.isEmpty ? "" : "＊")
    }

    private static func tail(_ text: String) -> String {
        text.isEmpty ? "" : "＊＊＊" + String(text.suffix(min(4, text.count / 2)))
    }
}

/// The viewer turned out to be named in the letter, or kin of somebody who is.
struct NamedInIt: Error {
    var reason: BarReason
}

extension OpenReport {
    /// Looks, with the letter in hand, whether it names the person who is about to read it.
    func refuseTheNamed(_ viewer: Viewer, letter: Letter?) throws {
        guard let letter else { return }
        if let reason = Jurisdiction.barred(by: letter.reported, in: picture.world)[viewer.staff] {
            throw NamedInIt(reason: reason)
        }
    }
}
