import Casework
import Database
import Kernel

/// The lists of one viewer as SQL: the same need-to-know as `Reach`, so that what is listed is what can be opened.
struct InboxSQL {
    /// Whose lists they are; no key is needed to know what would be in them.
    let person: StaffID
    let organ: OrganID
    let world: World
    let workflow: Workflow

    init(viewer: Viewer, world: World, workflow: Workflow) {
        self.init(person: viewer.staff, organ: viewer.organ, world: world, workflow: workflow)
    }

    init(person: StaffID, organ: OrganID, world: World, workflow: Workflow) {
        self.person = person
        self.organ = organ
        self.world = world
        self.workflow = workflow
    }

    var places: [Membership] { world.places(of: person).filter(\.admitted) }

    /// Places of a stand-in whose turn comes only on reports that those before them must not act on.
    private var turns: [Membership] { world.places(of: person).filter { !$0.admitted && !$0.behind.isEmpty } }

    func offices(_ roles: Set<Role>) -> [OfficeID] { places.filter { roles.contains($0.role) }.map(\.office) }

    /// Whether everybody before a stand-in is barred from a report, or, for the leaders, proposed what is decided.
    private func isTurn(_ place: Membership, report: SQL, proposer: SQL) -> SQL {
        let isLeading = world.offices[place.office]?.kind == .leaders
        return SQL.joined(
            place.behind.sorted { $0.description < $1.description }.map { person in
                let bar: SQL =
                    "EXISTS (SELECT 1 FROM bar t WHERE t.report_id = \(report) AND t.staff_id = \(person))"
                return isLeading ? "(\(bar) OR \(proposer) = \(person))" : bar
            }, by: " AND ")
    }

    /// Whether the viewer is director of the office in a column, on the report `r` at least.
    func directs(_ office: SQL) -> SQL {
        let turns = turns.filter { $0.role == .director }.map { place -> SQL in
            "(\(office) = \(place.office) AND \(isTurn(place, report: "r.id", proposer: "r.proposer")))"
        }
        return "(\(SQL.joined(["\(office) IN \(list: offices([.director]))"] + turns, by: " OR ")))"
    }

    private static let columns: SQL =
        "r.id, r.stage, r.channel, r.marks, r.received_at, r.intake_order, r.due_day"

    private func number() -> SQL {
        """
        (SELECT c.number FROM custody c WHERE c.report_id = r.id AND c.organ_id = \(organ)
          AND c.number IS NOT NULL ORDER BY c.idx DESC LIMIT 1) AS number
        """
    }

    /// This viewer's organ and those under it: a report that was sent past it is followed no longer.
    var below: Set<OrganID> {
        Set(world.organs.keys.filter { world.lies($0, within: organ) })
    }

    func notBarred(_ report: SQL) -> SQL {
        "NOT EXISTS (SELECT 1 FROM bar b WHERE b.report_id = \(report) AND b.staff_id = \(person))"
    }

    /// Whether this viewer acted on a report at a hop and saw it for that, as `Standing.participants` says.
    func tookPart(in custody: SQL, of report: SQL) -> SQL {
        // Within a value of the codes the quotation marks are escaped: this is the key alone.
        """
        EXISTS (SELECT 1 FROM event e WHERE e.report_id = \(report) AND e.custody = \(custody)
          AND e.staff_id = \(person) AND e.codes NOT LIKE \("%\"blind\":%"))
        """
    }

    private func filter(_ query: InboxQuery) -> SQL {
        var filter: SQL = ""
        if let stage = query.stage { filter += " AND r.stage = \(stage)" }
        if let channel = query.channel { filter += " AND r.channel = \(channel.rawValue)" }
        if let mark = query.mark { filter += " AND r.marks LIKE \("%\"" + mark.filter(\.isLetter) + "%")" }
        return filter
    }

    private func order(_ sort: InboxQuery.Sort, _ table: SQL, due: SQL) -> SQL {
        switch sort {
        case .oldest: "\(table).received_at, \(table).intake_order"
        case .newest: "\(table).received_at DESC, \(table).intake_order DESC"
        case .due: "\(due), \(table).received_at, \(table).intake_order"
        }
    }

    /// One page and one row more, which tells whether there is a next one.
    func page(_ query: InboxQuery) -> SQL {
        let tail: SQL = "LIMIT \(query.limit + 1) OFFSET \(query.offset)"
        switch query.tab {
        case .waiting:
            let branches = waitingBranches(
                columns: "\(Self.columns), w.due_order, w.office_id AS waits_at, \(number())", query: query,
                limit: query.limit + query.offset + 1)
            return
                """
                SELECT * FROM (\(SQL.joined(branches, by: " UNION ALL "))) AS q
                ORDER BY \(order(query.sort, "q", due: "q.due_order")) \(tail)
                """
        case .holding, .done:
            let end: SQL =
                query.tab == .done ? "r.stage = 'archived'" : "r.stage NOT IN ('archived', \(Standing.destroyed))"
            return
                """
                SELECT \(Self.columns), \(number())
                FROM report r JOIN custody c ON c.report_id = r.id AND c.idx = r.custody
                WHERE r.organ_id = \(organ) AND \(end)\(filter(query)) AND (\(allReadable)) AND \(notBarred("r.id"))
                ORDER BY \(order(query.sort, "r", due: "COALESCE(r.due_day, 1000000)")) \(tail)
                """
        case .followed:
            return
                """
                SELECT \(Self.columns), \(number()) FROM report r
                WHERE r.organ_id <> \(organ) AND r.stage <> \(Standing.destroyed)\(filter(query))
                  AND r.id IN (SELECT c.report_id FROM custody c JOIN custody d ON d.report_id = c.report_id
                    AND d.idx = c.idx + 1 WHERE d.via IN ('forward', 'assign')
                    AND \(directs("c.intake_office_id"))
                    AND NOT EXISTS (SELECT 1 FROM custody e WHERE e.report_id = c.report_id AND e.idx > c.idx
                      AND e.organ_id NOT IN \(list: Array(below))))
                  AND \(notBarred("r.id"))
                ORDER BY \(order(query.sort, "r", due: "COALESCE(r.due_day, 1000000)")) \(tail)
                """
        }
    }

    /// How many reports wait for the viewer, counted up to `cap`: each once, however often it waits. Of each office twice as
    /// many rows are read, since a report may wait there more than once; what is barred is looked up once for all.
    func waitingCount(cap: Int) -> SQL {
        let branches = sources.enumerated().map { index, source -> SQL in
            """
            SELECT * FROM (SELECT w.report_id FROM waiting w WHERE \(source("w", false)) AND w.report_id NOT IN
              (SELECT b.report_id FROM bar b WHERE b.staff_id = \(person)) LIMIT \(2 * cap)) AS b\(raw: String(index))
            """
        }
        return
            """
            SELECT COUNT(*) AS n FROM
              (SELECT DISTINCT q.report_id FROM (\(SQL.joined(branches, by: " UNION ALL "))) AS q LIMIT \(cap)) AS p
            """
    }

    /// One ordered branch for each office and one for the person, so that each can walk its index and stop.
    private func waitingBranches(columns: SQL, query: InboxQuery, limit: Int) -> [SQL] {
        let sources = self.sources
        return sources.enumerated().map { index, source in
            // A report may wait for a person in two offices, or for an office twice; it is listed for the first.
            var only: SQL =
                """
                 AND (w.place = 0 OR NOT EXISTS (SELECT 1 FROM waiting t WHERE t.report_id = w.report_id
                  AND t.place < w.place AND \(source("t", true))))
                """
            for earlier in sources.prefix(index) {
                only +=
                    " AND NOT EXISTS (SELECT 1 FROM waiting v WHERE v.report_id = w.report_id AND \(earlier("v", true)))"
            }
            return
                """
                SELECT * FROM (SELECT \(columns) FROM waiting w JOIN report r ON r.id = w.report_id
                WHERE \(source("w", false))\(only)\(filter(query)) AND \(notBarred("w.report_id"))
                ORDER BY \(order(query.sort, "w", due: "w.due_order")) LIMIT \(limit)) AS b\(raw: String(index))
                """
        }
    }

    /// Of each place, which rows of `waiting` are the viewer's: by the name of the table, and whether one report's rows
    /// are looked at. Then the place must not be found by its own index, or a list costs the square of its length.
    var sources: [@Sendable (SQL, Bool) -> SQL] {
        let person = self.person
        @Sendable func column(_ name: SQL, _ isOfOne: Bool) -> SQL { isOfOne ? "COALESCE(\(name), '')" : name }
        // A custodian's office comes last: whoever also works at the desk meets the report there, with its title.
        let byOffice = Dictionary(grouping: places, by: \.office).sorted { left, right in
            let later = [left.key, right.key].map { world.offices[$0]?.kind == .custody }
            return later[0] == later[1] ? left.key.description < right.key.description : !later[0]
        }
        let offices = byOffice.map { office, memberships -> @Sendable (SQL, Bool) -> SQL in
            let mask = RoleMask(memberships.map(\.role)).bits
            return { table, isOfOne in
                """
                \(column("\(table).office_id", isOfOne)) = \(office) AND (\(table).roles & \(mask)) <> 0
                  AND (\(table).except_staff IS NULL OR \(table).except_staff <> \(person))
                """
            }
        }
        let mine = places.map(\.office)
        let turns = turns.map { place -> @Sendable (SQL, Bool) -> SQL in
            let mask = RoleMask([place.role]).bits
            return { table, isOfOne in
                """
                \(column("\(table).office_id", isOfOne)) = \(place.office) AND (\(table).roles & \(mask)) <> 0
                  AND (\(table).except_staff IS NULL OR \(table).except_staff <> \(person))
                  AND \(isTurn(place, report: "\(table).report_id", proposer: "\(table).except_staff"))
                """
            }
        }
        return offices + turns + [
            { table, isOfOne in
                """
                \(column("\(table).staff_id", isOfOne)) = \(person) AND EXISTS (SELECT 1 FROM report h WHERE h.id = \(table).report_id
                  AND h.office_id IN \(list: mine))
                """
            }
        ]
    }

    var allReadable: SQL {
        let turns = turns.map { place -> SQL in
            "((\(readable([place]))) AND \(isTurn(place, report: "r.id", proposer: "r.proposer")))"
        }
        return SQL.joined([readable(places)] + turns, by: " OR ")
    }

    private func readable(_ places: [Membership]) -> SQL {
        func offices(_ roles: Set<Role>) -> [OfficeID] {
            places.filter { roles.contains($0.role) }.map(\.office)
        }
        let directed = offices([.director])
        let desks = offices([.registrar, .triage])
        let leading = offices([.deputy, .principal]).compactMap { world.offices[$0]?.organ }
        let decisions = workflow.stages.values.filter { $0.phase == .decision }.map(\.name)
        let tookPart = tookPart(in: "r.custody", of: "r.id")
        return
            """
            c.intake_office_id IN \(list: directed)
            OR r.office_id IN \(list: directed)
            OR (c.intake_office_id IN \(list: desks) AND c.audience <> 'director'
              AND ((r.office_id = c.intake_office_id AND r.stage <> 'archived') OR \(tookPart)))
            OR (r.office_id IN \(list: places.map(\.office)) AND EXISTS (SELECT 1 FROM allocation a
              WHERE a.report_id = r.id AND a.staff_id = \(person)))
            OR (r.organ_id IN \(list: leading) AND ((r.stage IN \(list: decisions)
              AND (r.proposer IS NULL OR r.proposer <> \(person))) OR \(tookPart)))
            """
    }
}
