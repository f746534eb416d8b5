package import Casework
import Database
package import Kernel
import Sealing

package enum ExportTag {}
package typealias ExportID = Identifier<ExportTag>

/// How a report leaves: on paper, or as a file.
package enum ExportWay: String, Sendable, CaseIterable { case print, export }

/// What of a report may leave. The reporter's identity is no part: it leaves in no print and no file (I-5).
package enum ExportPart: String, Sendable, CaseIterable { case letter, papers, conversation }

/// What somebody wants to print or export of a report.
package struct ExportOrder: Sendable {
    package var way: ExportWay
    package var parts: Set<ExportPart>
    /// A ground of ``ExportRules``.
    package var ground: String

    package init(way: ExportWay, parts: Set<ExportPart>, ground: String) {
        self.way = way
        self.parts = parts
        self.ground = ground
    }

    fileprivate func check(_ rules: ExportRules, offered: Set<ExportPart>) throws(CasefileError) {
        var faults: [FieldFault] = []
        if parts.isEmpty { faults.append(FieldFault("parts", "required")) }
        if !parts.isSubset(of: offered) { faults.append(FieldFault("parts", "choice")) }
        if !rules.grounds.contains(where: { $0.value == ground }) { faults.append(FieldFault("ground", "choice")) }
        if !faults.isEmpty { throw .invalid(faults) }
    }
}

/// What stands on every page of an export: who made it, when, and under which number.
package struct ExportHead: Sendable {
    package var number: String
    package var at: Instant
    package var until: Instant
    package var maker: Staff
    package var organ: Organ
}

/// An export ready to be written: sealed under a key of its own, which is wrapped to its maker alone.
struct NewExport: Sendable {
    let id: ExportID
    let kind: String
    let way: ExportWay
    let head: ExportHead
    let parts: [String]
    let ground: String
    let rows: Int
    let key: SealingKeyID
    let wrap: [UInt8]
    let envelope: [UInt8]

    init(
        _ bytes: [UInt8], kind: String, way: ExportWay, head: ExportHead, parts: [String] = [], ground: String = "",
        rows: Int = 1, for viewer: Viewer
    ) throws {
        let key = HeldKey.fresh()
        id = .random()
        (self.kind, self.way, self.head, self.parts, self.ground, self.rows) = (kind, way, head, parts, ground, rows)
        self.key = key.id
        wrap = try Wrap.seal(key.secret.bytes, to: viewer.privateKey.publicKey, binding: .reportKey(key.id))
        envelope = try Envelope.seal(bytes, under: key.secret, keyID: key.id, binding: .export(id))
    }

    func insert(_ tx: any Transaction, of report: ReportID? = nil) throws {
        try tx.run(
            """
            INSERT INTO export (id, kind, way, number, staff_id, organ_id, report_id, parts, ground, row_count, at, until,
              key_id, wrap, envelope)
            VALUES (\(id), \(kind), \(way.rawValue), \(head.number), \(head.maker.id), \(head.organ.id), \(report),
              \(JSONText.encode(parts)), \(ground), \(rows), \(head.at), \(head.until), \(key), \(wrap), \(envelope))
            """)
        try LogLeaf.append(.export, id.description, tx)
    }
}

extension Binding {
    static func export(_ id: ExportID) -> Binding {
        Binding(report: id.description, field: "", purpose: "export")
    }
}

extension Casefile {
    /// The parts that this viewer may print or export of a report: what they read themselves. `.notFound` for a report
    /// that is not there for them, `.notYourAct` where they may not read it.
    package func exportable(_ id: ReportID, by viewer: Viewer) async throws -> Set<ExportPart> {
        try exportable(try await report(id, for: viewer))
    }

    private func exportable(_ view: ReportView) throws(CasefileError) -> Set<ExportPart> {
        guard view.letter != nil else { throw .notYourAct }
        return view.reach.papers ? [.letter, .papers, .conversation] : [.letter, .conversation]
    }

    /// Prints or exports a report: drawn now, sealed to whoever asked, and an event of the report's story. What is drawn
    /// comes from the same reading as the report's page, without the reporter.
    package func export(
        _ order: ExportOrder, of id: ReportID, by viewer: Viewer,
        drawing: @Sendable (ReportView, ExportHead) throws -> [UInt8]
    ) async throws -> ExportID {
        try await retryingStale { try await exportOnce(order, id, viewer, drawing) }
    }

    private func exportOnce(
        _ order: ExportOrder, _ id: ReportID, _ viewer: Viewer,
        _ drawing: @Sendable (ReportView, ExportHead) throws -> [UInt8]
    ) async throws -> ExportID {
        let casefile = self
        let rules = try ExportRules.shipped()
        let now = clock.now()
        let (open, view, count) = try await refusingTheNamed(id, viewer) {
            try await database.read { tx in
                var open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                try open.refuseTheNamed(viewer, letter: try open.letter(tx))
                // What is sealed with the identity stays out of every paper (I-5), a leader's opinion on its opening too.
                open.keys = open.keys.filter { $0.key.kind != "identity" }
                let count: Int? = try tx.scalar(
                    "SELECT COUNT(*) AS n FROM export WHERE report_id = \(id) AND organ_id = \(viewer.organ)")
                var view = try casefile.view(open, for: viewer, tx)
                view.reporter = nil
                return (open, view, count ?? 0)
            }
        }
        try order.check(rules, offered: try exportable(view))
        // Counted on for each report at each organ: who sees one number learns nothing of other reports.
        let base = view.number ?? String(id.description.prefix(8))
        let head = try head("\(base)-E\(count + 1)", rules, at: now, viewer, open.picture.world)
        let parts = order.parts.map(\.rawValue).sorted()
        let made = try NewExport(
            try drawing(view, head), kind: "report", way: order.way, head: head, parts: parts, ground: order.ground,
            for: viewer)
        var change = ActChange(
            act: PossibleAct(rule: .unruled(order.way.rawValue), to: open.stored.standing.stage), open: open,
            letter: nil, viewer: viewer, at: now)
        // Like a look, an export makes nobody a participant.
        change.codes = [
            "export-number": head.number, "export-parts": parts.joined(separator: " "), "export-ground": order.ground,
            "blind": "yes",
        ]
        change.export = made
        try await commit([change])
        return made.id
    }

    func head(
        _ number: String, _ rules: ExportRules, at now: Instant, _ viewer: Viewer, _ world: World
    ) throws(CasefileError) -> ExportHead {
        guard let maker = world.staff[viewer.staff], let organ = world.organs[viewer.organ] else { throw .notFound }
        return ExportHead(
            number: number, at: now, until: now.adding(seconds: Int64(rules.hours) * 3600), maker: maker, organ: organ)
    }
}
