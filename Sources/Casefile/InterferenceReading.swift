package import Casework
import Database
import Foundation
package import Kernel
import Sealing

/// An interference record as one viewer may see it.
package struct InterferenceView: Sendable {
    /// That somebody looked into it, and the note where it is the viewer's to read.
    package struct Examination: Sendable {
        package var at: Instant
        package var staff: StaffID
        package var note: String?
    }
    package var id: InterferenceID
    package var recorder: StaffID
    package var organ: OrganID
    package var recordedAt: Instant
    /// The report's number when it was recorded; `nil` where it had none, or the viewer must not know it any more.
    package var number: String?
    /// `nil` where the viewer's keys do not open it.
    package var interference: Interference?
    package var examination: Examination?
    package var mayExamine: Bool
}

extension Casefile {
    /// How many records a page holds.
    package static let interferencePage = 25

    /// The records that this viewer's internal supervision (or leadership, where it stands in) examines: those still
    /// open first, then the newest. Whoever is named in a record, or is kin, or may not know of its report, finds none
    /// of it, in whichever office they sit by now.
    package func interferences(
        for viewer: Viewer, offset: Int = 0
    ) async throws -> (records: [InterferenceView], more: Bool) {
        let pictures = pictures
        let limit = Self.interferencePage
        return try await database.read { tx in
            let world = try pictures.current(tx).world
            let all = try InterferenceRow.toExamine(
                tx, viewer, world, limit: limit + 1, offset: min(max(0, offset), 10_000_000))
            var ring = try KeyRing.load(tx, for: viewer)
            let views = try all.prefix(limit).compactMap { try $0.examined(&ring, by: viewer, world) }
            return (views, all.count > limit)
        }
    }

    /// What this viewer recorded, newest first (the last two hundred).
    package func ownInterferences(of viewer: Viewer) async throws -> [InterferenceView] {
        try await database.read { tx in
            var ring = try KeyRing.load(tx, for: viewer)
            return try InterferenceRow.own(tx, viewer).map { try $0.own(&ring) }
        }
    }

    /// Marks a record as examined, once and for good. `.notFound` for whom it does not exist, `.notYourAct` for the
    /// recorder, `.notNow` where somebody was faster.
    package func examineInterference(_ id: InterferenceID, note: String, by viewer: Viewer) async throws {
        if note.allSatisfy(\.isWhitespace) { throw CasefileError.invalid([FieldFault("note", "required")]) }
        if note.count > CheckedInput.longest || note.utf8.count > CheckedInput.longest * 4 {
            throw CasefileError.invalid([FieldFault("note", "tooLong")])
        }
        if note.utf8.contains(0) { throw CasefileError.invalid([FieldFault("note", "text")]) }
        let pictures = pictures
        let now = clock.now()
        let envelope = try await database.read { tx -> [UInt8] in
            let world = try pictures.current(tx).world
            var ring = try KeyRing.load(tx, for: viewer)
            guard let row = try InterferenceRow.toExamine(tx, viewer, world, only: id, limit: 1, offset: 0).first,
                let view = try row.examined(&ring, by: viewer, world)
            else { throw CasefileError.notFound }
            guard view.recorder != viewer.staff else { throw CasefileError.notYourAct }
            guard view.examination == nil else { throw CasefileError.notNow }
            let key = try row.key(&ring).note
            return try Envelope.seal(
                Array(note.utf8), under: key.secret, keyID: key.id, binding: .interference(id, "note"))
        }
        let written = try await database.write { tx in
            try tx.changes(
                """
                INSERT INTO interference_examination (interference_id, staff_id, at, envelope)
                VALUES (\(id), \(viewer.staff), \(now), \(envelope)) ON CONFLICT (interference_id) DO NOTHING
                """)
        }
        guard written == 1 else { throw CasefileError.notNow }
    }
}

/// One stored record with the wrap that leads the viewer to it.
private struct InterferenceRow {
    let row: Row

    private static let columns: SQL = """
        SELECT i.id, i.organ_id, i.recorder_id, i.recorded_at, i.key_id, i.envelope, w.recipient, w.generation, w.wrap,
          e.staff_id AS examiner, e.at AS examined_at, e.envelope AS note
        """
    private static let tables: SQL = """
        FROM interference i JOIN interference_wrap w ON w.interference_id = i.id
        LEFT JOIN interference_examination e ON e.interference_id = i.id
        """

    /// Only what the office that the viewer now sits in examines: a wrap alone gives nothing.
    static func toExamine(
        _ tx: any Transaction, _ viewer: Viewer, _ world: World, only id: InterferenceID? = nil, limit: Int,
        offset: Int
    ) throws -> [InterferenceRow] {
        guard world.staff[viewer.staff]?.active == true else { return [] }
        let offices = world.places(of: viewer.staff).filter(\.admitted).map(\.office)
        let recipients =
            offices.map { Recipient.office($0).description } + [Recipient.staff(viewer.staff).description]
        let one: SQL = id.map { "AND i.id = \($0)" } ?? ""
        return try tx.rows(
            """
            \(columns) \(tables)
            WHERE i.office_id IN \(list: offices) AND w.purpose = 'examine' AND w.recipient IN \(list: recipients) \(one)
              AND NOT EXISTS (SELECT 1 FROM bar b WHERE b.report_id = i.report_id AND b.staff_id = \(viewer.staff))
            ORDER BY CASE WHEN e.at IS NULL THEN 0 ELSE 1 END, i.recorded_at DESC, i.id
            LIMIT \(limit) OFFSET \(offset)
            """
        ).map(InterferenceRow.init)
    }

    /// Whoever was barred from the report since then learns that there is a record, and no more.
    static func own(_ tx: any Transaction, _ viewer: Viewer) throws -> [InterferenceRow] {
        try tx.rows(
            """
            \(columns), CASE WHEN EXISTS (
                SELECT 1 FROM bar b WHERE b.report_id = i.report_id AND b.staff_id = i.recorder_id
              ) THEN 1 ELSE 0 END AS is_barred
            \(tables)
            WHERE i.recorder_id = \(viewer.staff) AND w.purpose = 'own'
              AND w.recipient = \(Recipient.staff(viewer.staff).description)
            ORDER BY i.recorded_at DESC, i.id LIMIT 200
            """
        ).map(InterferenceRow.init)
    }

    func key(_ ring: inout KeyRing) throws -> HeldKey {
        try ring.open(
            try row.get("wrap"), recipient: try row.get("recipient"), generation: try row.get("generation"),
            keyID: try row.get("key_id"))
    }

    /// `nil` where the viewer turns out to be named, or holds no key that opens it.
    func examined(_ ring: inout KeyRing, by viewer: Viewer, _ world: World) throws -> InterferenceView? {
        guard let key = try? key(&ring) else { return nil }
        let sealed = try opened(under: key.record)
        guard Jurisdiction.barred(by: [sealed.interference.party], in: world)[viewer.staff] == nil else { return nil }
        var view = try view(sealed)
        if let note: [UInt8] = try row.maybe("note") {
            let plain = try Envelope.open(note, under: key.note.secret, binding: .interference(view.id, "note"))
            view.examination?.note = String(decoding: plain, as: UTF8.self)
        }
        view.mayExamine = view.examination == nil && view.recorder != viewer.staff
        return view
    }

    func own(_ ring: inout KeyRing) throws -> InterferenceView {
        guard try row.get("is_barred", as: Int.self) == 0 else { return try view(nil) }
        // The wrap holds the record's key itself.
        return try view((try? key(&ring)).flatMap { try? opened(under: $0) })
    }

    private func opened(under key: HeldKey) throws -> SealedInterference {
        let id: InterferenceID = try row.get("id")
        let plain = try Envelope.open(
            try row.get("envelope"), under: key.secret, binding: .interference(id, "record"))
        return try JSONDecoder().decode(SealedInterference.self, from: Data(plain))
    }

    private func view(_ sealed: SealedInterference?) throws -> InterferenceView {
        var examination: InterferenceView.Examination?
        if let at: Instant = try row.maybe("examined_at"), let examiner: StaffID = try row.maybe("examiner") {
            examination = .init(at: at, staff: examiner, note: nil)
        }
        return InterferenceView(
            id: try row.get("id"), recorder: try row.get("recorder_id"), organ: try row.get("organ_id"),
            recordedAt: try row.get("recorded_at"), number: sealed?.number, interference: sealed?.interference,
            examination: examination, mayExamine: false)
    }
}
