import Casework
import Database
import Kernel

/// Repeats: the same people about the same matter (规则 14, 26条). A person decides; the first report stays as it is.
extension Casefile {
    /// The report of the viewer's own organ that has this number, if the viewer may read it and it is not this one.
    func original(_ number: String?, of id: ReportID, for viewer: Viewer) async throws -> ReportID {
        let number = (number ?? "").filter { !$0.isWhitespace }
        let casefile = self
        let unknown = CasefileError.invalid([FieldFault("original", "unknown")])
        return try await database.read { tx in
            let found: ReportID? = try tx.first(
                "SELECT report_id FROM custody WHERE organ_id = \(viewer.organ) AND number = \(number)"
            ).map { try $0.get("report_id") }
            // Unreadable and unknown are answered alike.
            guard let found, found != id,
                let open = try OpenReport.find(tx, found, for: viewer, casefile: casefile), open.reach.letter,
                open.stored.repeatOf != id
            else { throw unknown }
            return open.stored.repeatOf ?? found
        }
    }
}

extension Casefile {
    /// What a repeat with something new does to its original: what was shelved goes on with it (暂存待查: a new lead
    /// wakes it). `nil` where there is nothing to wake. The original may be with another organ by now; whoever links
    /// reads no paper of it and needs no key.
    func woken(_ original: ReportID, by viewer: Viewer, at: Instant) async throws -> ActChange? {
        let casefile = self
        let open = try await database.read { tx in
            try OpenReport.find(tx, original, for: viewer, casefile: casefile)
        }
        guard let open, let stage = open.stageAfterEvidence else { return nil }
        return ActChange(
            act: PossibleAct(rule: .unruled("repeat-evidence"), to: stage), open: open, letter: nil, viewer: viewer,
            at: at)
    }
}

extension Casefile {
    /// What the notice of a repeat leaves with its original (定期通报): whoever holds that sees in lists that it was told
    /// again, until they act on it. Whoever tells need not read the original, and takes no part in it by that. `nil` where
    /// it is destroyed or has gone up, and where people would learn of the repeat who must not (I-1 to I-3).
    func toldAgain(_ original: ReportID, of repeated: OpenReport, _ letter: Letter?, by viewer: Viewer, at: Instant)
        async throws -> ActChange?
    {
        let casefile = self
        return try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            let world = picture.world
            guard let stored = try StoredReport.load(tx, original), !stored.standing.isDestroyed,
                let holder = stored.standing.custody.flatMap({ world.organs[$0.organ] }),
                let here = repeated.stored.standing.custody?.organ, let letter,
                holder.id == here
                    || (world.lies(holder.id, within: here)
                        && Jurisdiction.mayReceive(holder, reported: letter.reported, in: world))
            else { return nil }
            let workflow = casefile.rules(of: stored, in: picture)
            if casefile.learns(anyOf: repeated.stored.standing.barred, of: stored, in: picture) { return nil }
            let stage = stored.standing.stage
            var change = ActChange(
                act: PossibleAct(rule: .unruled("repeat-told"), to: stage),
                open: OpenReport(stored: stored, reach: .none, keys: [:], picture: picture, workflow: workflow),
                letter: nil, viewer: viewer, at: at)
            change.codes["blind"] = "yes"
            if workflow.stages[stage]?.phase != .end { change.add(mark: "repeat-news") }
            return change
        }
    }
}

extension OpenReport {
    /// The stage to which new evidence moves the report now; `nil` where it stays.
    var stageAfterEvidence: String? {
        workflow.stages[stored.standing.stage]?.evidence.flatMap { workflow.acts[$0] }
            .flatMap { workflow.step(of: $0, on: stored.standing, world: picture.world) }
    }
}

extension ActChange {
    mutating func link() throws {
        guard let original else { throw CasefileError.notNow }
        after.repeatOf = original
        after.standing.isRepeat = true
    }
}
