import Casework
import Database
import Kernel
import Sealing

@testable import Casefile

/// Who holds which key of a report.
struct YearWrap {
    var kind: String
    var custody: Int
    var recipient: Recipient

    var office: OfficeID? { if case .office(let id) = recipient { id } else { nil } }
    var staff: StaffID? { if case .staff(let id) = recipient { id } else { nil } }

    static func load(_ tx: any Transaction, _ id: ReportID) throws -> [YearWrap] {
        try tx.rows(
            """
            SELECT k.kind, k.custody, w.recipient FROM sealing_key k JOIN key_wrap w ON w.key_id = k.id
            WHERE k.report_id = \(id) AND w.recipient <> 'receipt'
            """
        ).compactMap { row in
            guard let recipient = Recipient(try row.get("recipient")) else { return nil }
            return YearWrap(kind: try row.get("kind"), custody: try row.get("custody"), recipient: recipient)
        }
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
            let organ = world.organ(of: wrap.recipient)
            let office = wrap.office.flatMap { world.offices[$0]?.kind.rawValue } ?? "person"
            for person in holders where standing.barred.contains(person) {
                fault("a barred person holds the \(wrap.kind) key by \(office)", on: stored.id)
            }
            guard let organ else { continue }
            if wrap.kind == "letter", !readers.contains(organ) {
                let passed = standing.custodies.contains { $0.organ == organ } ? "passed" : "outside"
                fault("an organ (\(passed)) where nobody may read holds the letter key by \(office)", on: stored.id)
            }
            // A leader who decides for an office of which somebody is barred holds it in person.
            let isLeaders =
                office == "leaders"
                || wrap.staff.map { world.places(of: $0).contains { world.offices[$0.office]?.kind == .leaders } }
                    == true
            if wrap.kind == "case", let home = standing.custodies.first(where: { $0.index == wrap.custody })?.organ,
                organ != home, !isLeaders, !wentUpWhole(wrap, to: organ, from: home, wraps, standing, world)
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
            other.kind == "case" && other.custody == wrap.custody && world.organ(of: other.recipient) == home
        }
        return next?.organ == organ && next?.via == "send-up" && !isLeft
    }
}
