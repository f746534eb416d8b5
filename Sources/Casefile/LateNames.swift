import Casework
import Database
import Foundation
import Kernel
import Sealing

extension CasefileSchema {
    /// Whose names, kin or units were written down when there were reports already, and when: what was filed before may
    /// name them, which nobody could see at its filing.
    static let lateNames = Migration(
        id: "0004-late-names",
        statements: [
            """
            CREATE TABLE late_name (
              staff_id TEXT PRIMARY KEY NOT NULL REFERENCES staff(id), since INTEGER NOT NULL
            ) STRICT
            """
        ])

    /// Bars are looked for by person when somebody signs in.
    static let barsByPerson = Migration(
        id: "0005-bars-by-person", statements: ["CREATE INDEX bar_staff ON bar (staff_id)"])
}

extension Casefile {
    /// Notes that a person's record is younger than reports that are here.
    static func noteLateName(_ tx: any Transaction, of person: StaffID, at now: Instant) throws {
        try tx.run(
            """
            INSERT INTO late_name (staff_id, since) SELECT \(person), \(now) WHERE EXISTS (SELECT 1 FROM report)
            ON CONFLICT (staff_id) DO UPDATE SET since = excluded.since
            """)
    }

    /// The reports of a list that turn out to name the viewer, or kin or a unit of theirs: looked for with the viewer's own
    /// keys in what is older than their record (I-1, I-7). Empty for almost everybody, without a query.
    func naming(
        _ viewer: Viewer, among items: [InboxItem], _ picture: Picture, _ tx: any Transaction
    ) throws -> [ReportID: BarReason] {
        guard let since = picture.lateNames[viewer.staff] else { return [:] }
        let older = items.filter { $0.receivedAt <= since }.map(\.id)
        guard !older.isEmpty else { return [:] }
        var ring = try KeyRing.load(tx, for: viewer)
        var found: [ReportID: BarReason] = [:]
        for row in try tx.rows(
            """
            SELECT s.report_id, s.seq, s.key_id, s.envelope, w.recipient, w.generation, w.wrap
            FROM sealed s JOIN key_wrap w ON w.key_id = s.key_id
            WHERE s.field = 'letter' AND s.report_id IN \(list: older) AND w.recipient IN \(list: ring.recipients)
              AND s.seq = (SELECT MAX(l.seq) FROM sealed l WHERE l.report_id = s.report_id AND l.field = 'letter')
            """)
        {
            let id: ReportID = try row.get("report_id")
            let key = try? ring.open(
                try row.get("wrap"), recipient: try row.get("recipient"), generation: try row.get("generation"),
                keyID: try row.get("key_id"))
            guard let key else { continue }
            let plain = try Envelope.open(
                try row.get("envelope"), under: key.secret, binding: .text(id, "letter", try row.get("seq")))
            let letter = try JSONDecoder().decode(Letter.self, from: Data(plain))
            found[id] = Jurisdiction.barred(by: letter.reported, in: picture.world)[viewer.staff]
        }
        return found
    }

    /// From this moment on these reports do not exist for the person.
    func bar(_ person: StaffID, from reports: [ReportID: BarReason]) async throws {
        try await database.write { tx in
            for (id, reason) in reports {
                try NewBar(report: id, person: person, reason: reason).insert(tx)
            }
        }
    }
}
