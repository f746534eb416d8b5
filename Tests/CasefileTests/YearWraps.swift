import Casework
import Database
import Kernel
import Sealing

@testable import Casefile

/// Who holds which key of a report.
struct YearWrap {
    var kind: String
    var custody: Int
    var office: OfficeID?
    var staff: StaffID?

    static func load(_ tx: any Transaction, _ id: ReportID) throws -> [YearWrap] {
        try tx.rows(
            """
            SELECT k.kind, k.custody, w.recipient FROM sealing_key k JOIN key_wrap w ON w.key_id = k.id
            WHERE k.report_id = \(id) AND w.recipient <> 'receipt'
            """
        ).map { row in
            let recipient: String = try row.get("recipient")
            return YearWrap(
                kind: try row.get("kind"), custody: try row.get("custody"),
                office: recipient.hasPrefix("office:") ? OfficeID(String(recipient.dropFirst(7))) : nil,
                staff: recipient.hasPrefix("staff:") ? StaffID(String(recipient.dropFirst(6))) : nil)
        }
    }

    func organ(in world: World) -> OrganID? {
        staff.flatMap { world.staff[$0]?.organ } ?? office.flatMap { world.offices[$0]?.organ }
    }
}

extension Year {
    /// No key lies in the hands of somebody who is barred, nor with an organ where nobody may read.
    func checkWraps(_ wraps: [YearWrap], _ stored: StoredReport, _ picture: Picture) {
        let world = picture.world
        let standing = stored.standing
        let readers = Set(
            province.people.filter {
                Reach.of($0.viewer.staff, on: standing, world: world, workflow: casefile.workflow).letter
            }.map(\.viewer.organ))
        for wrap in wraps {
            let holders = wrap.staff.map { [$0] } ?? wrap.office.map { world.members(of: $0).map(\.staff) } ?? []
            let organ = wrap.organ(in: world)
            let office = wrap.office.flatMap { world.offices[$0]?.kind.rawValue } ?? "person"
            for person in holders where standing.barred.contains(person) {
                fault("a barred person holds the \(wrap.kind) key by \(office)", on: stored.id)
            }
            guard let organ else { continue }
            if wrap.kind == "letter", !readers.contains(organ) {
                let passed = standing.custodies.contains { $0.organ == organ } ? "passed" : "outside"
                fault("an organ (\(passed)) where nobody may read holds the letter key by \(office)", on: stored.id)
            }
            if wrap.kind == "case", let home = standing.custodies.first(where: { $0.index == wrap.custody })?.organ,
                organ != home, office != "leaders", !wentUpWhole(wrap, to: organ, from: home, wraps, standing, world)
            {
                fault("another organ holds a case key by \(office)", on: stored.id)
            }
            if wrap.kind == "identity", organ != standing.identityOrgan {
                fault("another organ holds the identity key", on: stored.id)
            }
        }
    }

    /// Found out late to be a higher organ's: the papers went up with the letter, and none of this key was left behind.
    private func wentUpWhole(
        _ wrap: YearWrap, to organ: OrganID, from home: OrganID, _ wraps: [YearWrap], _ standing: Standing,
        _ world: World
    ) -> Bool {
        let next = standing.custodies.first { $0.index == wrap.custody + 1 }
        let isLeft = wraps.contains { other in
            other.kind == "case" && other.custody == wrap.custody && other.organ(in: world) == home
        }
        return next?.organ == organ && next?.via == "send-up" && !isLeft
    }
}
