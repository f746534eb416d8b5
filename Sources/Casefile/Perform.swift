package import Casework
import Database
import Kernel
import Sealing

extension Casefile {
    /// Does one act on a report. Sealing happens before the transaction; if somebody was faster, nothing is written
    /// and the answer is `.notNow`.
    package func perform(_ name: String, on id: ReportID, by viewer: Viewer, input: ActInput) async throws {
        try await retryingStale { try await performOnce(name, on: id, by: viewer, input: input) }
    }

    /// Does something again, at most three times, when the world changed between its reading and its writing.
    func retryingStale<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        for _ in 1...2 {
            do { return try await body() } catch is StalePicture { continue }
        }
        do { return try await body() } catch is StalePicture { throw CasefileError.notNow }
    }

    private func performOnce(
        _ name: String, on id: ReportID, by viewer: Viewer, input: ActInput
    ) async throws {
        let casefile = self
        let (open, letter, told, reporter) = try await refusingTheNamed(id, viewer) {
            try await database.read { tx in
                let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                let letter = try open.letter(tx)
                try open.refuseTheNamed(viewer, letter: letter)
                let effect = open.workflow.acts[name]?.effect ?? ""
                // What the reporter added later is the report too.
                let told =
                    effect == "dispose" ? try casefile.openTexts(open, tx).filter { $0.author == "reporter" } : []
                let reporter =
                    ["decide", "pass-identity", "amend-identity"].contains(effect) ? try open.reporter(tx) : nil
                return (open, letter, told.map(\.text), reporter)
            }
        }
        let world = open.picture.world
        let workflow = open.workflow
        guard let rule = workflow.acts[name] else { throw CasefileError.notFound }
        guard
            let act = workflow.possible(for: viewer.staff, on: open.stored.standing, world: world)
                .first(where: { $0.rule.name == name })
        else {
            let mine = workflow.mayEver(viewer.staff, rule, on: open.stored.standing, world: world)
            throw mine ? CasefileError.notNow : CasefileError.notYourAct
        }
        let lists = ChoiceLists(open: open, letter: letter, viewer: viewer.staff)
        guard !lists.isWithheld(act.rule) else { throw CasefileError.notNow }
        let choices = lists.lists(for: [act.rule])
        guard !lists.isEmptyHanded(act.rule, choices) else { throw CasefileError.notNow }
        let checked = try CheckedInput.check(input, fields: act.rule.fields, choices: choices)
        var change = ActChange(act: act, open: open, letter: letter, viewer: viewer, at: clock.now())
        change.told = told
        change.reporter = reporter
        if rule.effect == "link" {
            change.original = try await original(checked.values["original"], of: id, for: viewer)
        }
        if rule.effect == "tell-repeat" { change.original = open.stored.repeatOf }
        try change.apply(checked, casefile: self)
        // Beside what was chosen: what a model had proposed, for the next training and for whoever asks how good it is.
        for one in letter.map({ suggesters.suggestions(for: $0, acts: [rule]) }) ?? []
        where checked.values[one.field]?.isEmpty == false {
            change.codes[DoneAct.suggested(one.field)] = one.value
        }
        var changes = [change]
        if let original = change.original {
            if checked.values["new-facts"] == "true" {
                changes += try await [woken(original, by: viewer, at: change.at)].compactMap(\.self)
            } else if rule.effect == "tell-repeat" {
                let told = try await toldAgain(original, of: open, letter, by: viewer, at: change.at)
                changes += [told].compactMap(\.self)
            }
        }
        try await commit(changes)
        // What cannot be overwritten or removed now is done with the next sweep.
        if change.leavesPlatform { try? await clear(always: true) }
    }

    /// Writes an act's event, texts, keys and projections; what one act brings about in several reports stands or falls
    /// in one transaction.
    func commit(_ changes: [ActChange]) async throws {
        let casefile = self
        let sealed = try changes.map { change in
            var change = change
            change.turnKeys()
            change.wraps = try change.wraps.sealed()
            return change
        }
        try await database.write { tx in
            for change in sealed { try casefile.write(change, tx) }
        }
    }

    private func write(_ sealed: ActChange, _ tx: any Transaction) throws {
        var change = sealed
        let expected = change.open.stored.standing.sequence
        let known = change.open.picture.world.version
        change.settle()
        let version: Int64? = try tx.scalar("SELECT version FROM world_version WHERE id = 1")
        guard version == known else { throw StalePicture() }
        guard try tx.exists("SELECT 1 FROM report WHERE id = \(change.report) AND sequence = \(expected)") else {
            throw CasefileError.notNow
        }
        if change.drawsNumber, let custody = change.after.standing.custody,
            !change.after.standing.custodies.contains(where: { $0.organ == custody.organ && $0.number != nil }),
            let organ = change.open.picture.world.organs[custody.organ], custody.number == nil
        {
            let year = change.at.day.year
            let drawn = try OrganCounter.next(tx, organ: organ.id, kind: "number", year: year)
            change.setNumber(organ.displayNumber(year: year, drawn))
        }
        if change.rule.effect == "answer" { try change.drawSpotCheck(tx, keys.index) }
        if change.arrives, let organ = change.after.standing.custody?.organ {
            change.after.intakeOrder = try OrganCounter.next(tx, organ: organ, kind: "intake", year: 0)
        }
        // The rules may be others at the organ where the report has just arrived.
        let projections = self.projections(of: change.after, in: change.open.picture)
        change.after.dueDay = try projections.nextDue(change.after.standing)
        guard try change.after.update(tx, expecting: expected) else { throw CasefileError.notNow }
        try change.write(tx, rules: change.open.workflow.version)
        try projections.writeWaiting(tx, report: change.after, fresh: false)
    }
}

/// Somebody joined, left or was barred between reading and writing: keys may be due to others now.
struct StalePicture: Error {}

extension Workflow {
    /// Whether an act is this person's by role, whatever the stage.
    func mayEver(_ person: StaffID, _ rule: ActRule, on standing: Standing, world: World) -> Bool {
        isActor(person, of: rule, on: standing, world: world)
    }
}
