package import Casework
import Database
package import Kernel

/// How the rules stand with one report, told from its open columns: no password, no word of its content.
package struct RuleExplanation: Sendable {
    package var id: ReportID
    package var workflow: Workflow
    /// The changes of organs that are laid over the version, from the root down.
    package var changes: [RuleOverride]
    package var world: World
    package var standing: Standing
    package var receivedAt: Instant
    package var due: Day?
    package var limits: [LimitState]
    package var waiters: [Waiter]
    /// What the rules allow next, whoever does it.
    package var open: [PossibleAct]
}

extension Casefile {
    /// For whoever runs the server: explains a report by its id or one of its numbers; `nil` when there is none. As
    /// ``verify()`` it looks at open columns alone and opens no key.
    package func ruleExplanation(of name: String) async throws -> RuleExplanation? {
        let casefile = self
        return try await database.read { tx in
            let byNumber: ReportID? = try tx.scalar(
                "SELECT report_id FROM custody WHERE number = \(name) ORDER BY report_id LIMIT 1")
            guard let id = ReportID(name) ?? byNumber, let stored = try StoredReport.load(tx, id) else { return nil }
            let picture = try casefile.pictures.current(tx)
            let workflow = casefile.rules(of: stored, in: picture)
            let standing = stored.standing
            let holder = standing.custody.flatMap { picture.world.organs[$0.organ] }
            return RuleExplanation(
                id: id, workflow: workflow,
                changes: holder.map {
                    picture.rules.changes(
                        for: $0, began: stored.receivedAt.day, today: casefile.clock.now().day, in: picture.world)
                } ?? [], world: picture.world, standing: standing, receivedAt: stored.receivedAt, due: stored.dueDay,
                limits: try workflow.limitStates(of: standing.done, standing: standing, calendar: picture.calendar),
                waiters: workflow.waiters(on: standing, world: picture.world),
                open: workflow.open(on: standing, world: picture.world))
        }
    }
}
