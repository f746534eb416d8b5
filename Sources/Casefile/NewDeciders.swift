import Casework
import Database
import Kernel
import Sealing

/// A decision does not wait for somebody who has gone (on leave, deactivated, barred): stand-ins act by themselves, and
/// where none is left the superior's leaders are asked, as when it was proposed. They need the keys, so it is done in the
/// session of somebody who holds them: of whoever goes, else of the next colleague who signs in, looks at their list or
/// opens the report.
extension Casefile {
    /// Asks others wherever the viewer can open what waits for nobody, and says whether anybody was asked. What cannot be
    /// done now is left to the next.
    @discardableResult
    func findDeciders(by viewer: Viewer) async -> Bool {
        var isAsked = false
        for report in (try? await waitingForNobody(viewer)) ?? [] {
            isAsked = await findDeciders(on: report, by: viewer) || isAsked
        }
        return isAsked
    }

    /// Asks others to decide on what waits for nobody in one report. `false` where there is nobody to ask, or where this
    /// viewer cannot hand on what they need.
    func findDeciders(on id: ReportID, by viewer: Viewer) async -> Bool {
        let casefile = self
        var found = false
        do {
            // A proposal and its requests are asked for one after the other.
            for _ in 1...Self.askedAtOnce {
                let next = try await retryingStale { () async throws -> ActChange? in
                    let change = try await database.read { tx -> ActChange? in
                        let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                        try open.refuseTheNamed(viewer, letter: try open.letter(tx))
                        return try open.askingOthers(by: viewer, at: casefile.clock.now()) {
                            try open.words(of: $0, tx)
                        }
                    }
                    if let change { try await commit([change]) }
                    return change
                }
                guard next != nil else { return found }
                found = true
            }
        } catch {
            // Somebody was faster, or this is not the viewer's to do: it waits for the next of them.
        }
        return found
    }

    private static var askedAtOnce: Int { 10 }

    /// How many reports are looked at in one session.
    private static var lookedAtAtSignIn: Int { 200 }

    /// Reports whose letter or identity the viewer opens and that wait for leaders or custodians, of whom none is there.
    private func waitingForNobody(_ viewer: Viewer) async throws -> [ReportID] {
        let casefile = self
        return try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            let ring = try KeyRing.load(tx, for: viewer)
            // Where enough of them are there, only somebody barred can have left a report to nobody.
            let few = picture.world.offices.values.filter { picture.world.hasFewDeciders($0) }.map(\.id)
            let rows = try tx.rows(
                """
                SELECT DISTINCT w.report_id FROM waiting w JOIN office f ON f.id = w.office_id
                JOIN sealing_key k ON k.report_id = w.report_id AND k.kind IN ('letter', 'identity')
                JOIN key_wrap x ON x.key_id = k.id
                WHERE x.recipient IN \(list: ring.recipients) AND (f.kind = 'leaders' OR EXISTS (
                  SELECT 1 FROM event e WHERE e.report_id = w.report_id AND e.act = 'open-identity'))
                  AND (w.office_id IN \(list: few) OR EXISTS (
                    SELECT 1 FROM bar b JOIN membership m ON m.staff_id = b.staff_id AND m.office_id = w.office_id
                    WHERE b.report_id = w.report_id))
                ORDER BY w.report_id LIMIT \(Self.lookedAtAtSignIn)
                """)
            return try rows.compactMap { row in
                let id: ReportID = try row.get("report_id")
                guard let stored = try StoredReport.load(tx, id) else { return nil }
                let workflow = casefile.rules(of: stored, in: picture)
                return workflow.waitsForNobody(stored.standing, world: picture.world) ? id : nil
            }
        }
    }
}

extension World {
    /// Whether one person's absence can leave a decision of this office to nobody: fewer than two who decide are there, or
    /// no first leader.
    fileprivate func hasFewDeciders(_ office: Office) -> Bool {
        switch office.kind {
        case .leaders:
            deciders(in: office.id, barred: [], roles: [.deputy, .principal]).count < 2
                || deciders(in: office.id, barred: [], roles: [.principal]).isEmpty
        case .custody: deciders(in: office.id, barred: [], roles: [.custodian]).count < 2
        default: false
        }
    }
}

extension OpenReport {
    /// The first thing that waits for nobody, asked of others; `nil` where nothing does, or nobody is there to ask.
    /// `words`: of a request, as far as the viewer opens them.
    func askingOthers(by viewer: Viewer, at: Instant, words: (Request) throws -> String) throws -> ActChange? {
        let (standing, world) = (stored.standing, picture.world)
        var change = ActChange(
            act: PossibleAct(rule: .unruled(Workflow.newDeciders), to: standing.stage), open: self, letter: nil,
            viewer: viewer, at: at)
        // Whoever hands the keys on takes no part in the matter by it.
        change.codes["blind"] = "yes"
        if workflow.lacksDecider(standing, world: world), workflow.deciders(on: standing, world: world) != nil {
            try change.findDeciders()
            let asked = change.after.standing
            guard asked.deciding != standing.deciding || asked.isLeftToOthers != standing.isLeftToOthers else {
                return nil
            }
            change.codes["decider"] = change.after.standing.deciding?.description
            try change.keysFollow()
            return change
        }
        for request in workflow.requestsWithoutDecider(on: standing, world: world) {
            var without = standing
            without.barred.formUnion(request.excluded)
            let asked = workflow.approvers(
                of: request.rule, chosen: request.act.codes, asker: request.act.staff, on: without, world: world)
            let places = asked.map(\.office)
            guard !places.isEmpty else { continue }
            try requireKeys(for: places, to: request)
            let isBlind = workflow.isBlind(request, on: standing, world: world)
            let (why, isOfReporter) = (isBlind ? try words(request) : "", request.rule.isOfReporter)
            // What the reporter wrote is handed on by whoever can read it, and by nobody else.
            if isOfReporter, why.isEmpty { continue }
            change.codes["request"] = String(request.sequence)
            change.codes["request-act"] = request.rule.name
            change.codes["approver"] = places.map(\.description).joined(separator: " ")
            if isBlind {
                try change.tellWhy(why, to: asked, except: request.excluded, isOfAnyOrgan: isOfReporter)
            }
            try change.keysFollow()
            return change
        }
        return nil
    }

    /// Whoever is asked can read what they decide on: the letter, what was told with the request, and, in the organ that
    /// holds the report, its papers. Nobody reads anything for what is agreed to blindly.
    private func requireKeys(for places: [OfficeID], to request: Request) throws {
        guard !workflow.isBlind(request, on: stored.standing, world: picture.world) else { return }
        let isOwn = places.contains { picture.world.offices[$0]?.organ == stored.standing.custody?.organ }
        let isWhole =
            letterKey != nil && (request.act.codes["key"] == nil || sharedKey(of: request.act) != nil)
            && (!isOwn || !hasCaseKey || caseKey != nil)
        guard isWhole else { throw CasefileError.keyMissing }
    }
}
