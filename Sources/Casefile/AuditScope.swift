package import Casework
import Database
import Kernel

extension World {
    /// The organ whose auditor somebody is today; `nil` for everybody else.
    package func audits(_ person: StaffID) -> OrganID? {
        places(of: person).first { place in
            place.role == .auditor && place.admitted && offices[place.office]?.kind == .administration
        }.flatMap { offices[$0.office]?.organ }
    }
}

/// What one auditor may look into. Auditors obey the invariants themselves: what went past their organ, what internal
/// supervision has, and what names them or their kin does not exist for them, in no list, count or number.
struct AuditScope {
    let auditor: StaffID
    let organ: OrganID
    let world: World
    /// Reports that are older than the auditor's record may name them, and nobody here can see whether they do.
    private let since: Instant?

    /// `.notFound` for whom it is not there.
    init(_ viewer: Viewer, _ picture: Picture) throws(CasefileError) {
        guard let organ = picture.world.audits(viewer.staff) else { throw .notFound }
        self.init(viewer, organ: organ, picture)
    }

    /// The same bounds for somebody else of an organ who reads no report and is told of its way alone.
    init(_ viewer: Viewer, organ: OrganID, _ picture: Picture) {
        self.organ = organ
        auditor = viewer.staff
        world = picture.world
        since = picture.lateNames[viewer.staff]
    }

    /// Offices and people of the organ, as the lists of events name them.
    var offices: [OfficeID] { world.offices(of: organ).map(\.id) }
    var people: SQL { "SELECT p.id FROM staff p WHERE p.organ_id = \(organ)" }

    /// Whether the auditor sees a report, whose id stands in a column: it has a number of this organ, lies here or
    /// below and was never elsewhere since, is not with internal supervision, and bars nobody who looks.
    func sees(_ report: SQL) -> SQL {
        let below = world.organs.keys.filter { world.lies($0, within: organ) }
        let older: SQL =
            since.map {
                " AND NOT EXISTS (SELECT 1 FROM report o WHERE o.id = \(report) AND o.received_at <= \($0))"
            } ?? ""
        return
            """
            (EXISTS (SELECT 1 FROM custody x WHERE x.report_id = \(report) AND x.organ_id = \(organ)
              AND x.number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM custody y WHERE y.report_id = x.report_id
                AND ((y.idx > x.idx AND y.organ_id NOT IN \(list: Array(below)))
                  OR (y.organ_id = x.organ_id AND y.audience = \(Audience.internal.rawValue)))))
              AND NOT EXISTS (SELECT 1 FROM bar z WHERE z.report_id = \(report) AND z.staff_id = \(auditor))\(older))
            """
    }

    /// `.notFound` for a report that the auditor does not see.
    func check(_ report: ReportID, _ tx: any Transaction) throws {
        let sees = sees("r.id")
        guard try tx.exists("SELECT 1 FROM report r WHERE r.id = \(report) AND \(sees)") else {
            throw CasefileError.notFound
        }
    }
}
