package import Casework
import Database
import Kernel

/// What a change of the rules would do, before it does it. Counts only: of reports that the organ and those below
/// hold, without those that the viewer may not know of.
package struct RulePreview: Sendable {
    package var change: RuleOverride
    package var organ: Organ
    /// Against what the organ would follow on the change's first day without it.
    package var differences: [RuleDifference]
    /// Open reports held there now.
    package var open: Int
    /// Those that would follow other rules, by stage.
    package var touched: [String: Int]
    /// Of these, how many would be due earlier, later, or the same day as now.
    package var earlier: Int
    package var later: Int
    package var same: Int
    /// The rules that would hold.
    package var workflow: Workflow
}

extension Casefile {
    /// A dry run of ``upload(rules:by:)``: refuses what that would refuse, and changes nothing.
    package func preview(rules text: String, by viewer: Viewer) async throws -> RulePreview {
        let casefile = self
        let (change, organ, _) = try await checked(rules: text, by: viewer)
        let picture = try await picture()
        let now = clock.now().day
        let first = max(now, change.effectiveFrom)
        let next = picture.rules.with(picture.rules.overrides + [change])
        func rules(_ book: RuleBook) -> Workflow {
            book.workflow(of: organ.id, began: first, today: first, in: picture.world) ?? workflow
        }
        var preview = RulePreview(
            change: change, organ: organ, differences: RuleDifference.between(rules(picture.rules), rules(next)),
            open: 0, touched: [:], earlier: 0, later: 0, same: 0, workflow: rules(next))
        let ids = try await database.read { tx -> [ReportID] in
            try tx.rows(
                """
                SELECT r.id, r.organ_id FROM report r
                WHERE NOT EXISTS (SELECT 1 FROM bar b WHERE b.report_id = r.id AND b.staff_id = \(viewer.staff))
                ORDER BY r.id
                """
            ).compactMap { row in
                let holder: OrganID = try row.get("organ_id")
                return picture.world.lies(holder, within: organ.id) ? try row.get("id") : nil
            }
        }
        var start = 0
        while start < ids.count {
            let part = ids[start..<min(start + 200, ids.count)]
            start += part.count
            let seen = preview
            preview = try await database.read { tx in
                var counts = seen
                for id in part {
                    guard let stored = try StoredReport.load(tx, id) else { continue }
                    try counts.count(
                        stored, from: casefile.rules(of: stored, in: picture),
                        to: next.workflow(
                            of: stored.standing.custody?.organ, began: stored.receivedAt.day, today: first,
                            in: picture.world) ?? seen.workflow, picture)
                }
                return counts
            }
        }
        return preview
    }
}

extension RulePreview {
    fileprivate mutating func count(
        _ stored: StoredReport, from old: Workflow, to new: Workflow, _ picture: Picture
    ) throws {
        let stage = stored.standing.stage
        guard old.stages[stage]?.phase != .end else { return }
        open += 1
        guard old.version != new.version else { return }
        touched[stage, default: 0] += 1
        func due(_ workflow: Workflow) throws -> Int {
            let projections = Projections(workflow: workflow, calendar: picture.calendar, world: picture.world)
            return try projections.nextDue(stored.standing).map { Int($0.days) } ?? Projections.noDue
        }
        let (before, after) = (try due(old), try due(new))
        if after < before { earlier += 1 } else if after > before { later += 1 } else { same += 1 }
    }
}
