import Casework
import Database
import Kernel
import Sealing
import WorkingDays

@testable import Casefile

extension Year {
    /// What must hold of every report at any time, looked for in `part` of them; of a few, who may read them and whose
    /// keys open them; of a few people, whether their inbox is what waits for them.
    func check(_ part: Double = 1, sample: Int) async throws {
        do { _ = try await casefile.verify() } catch { fault("verify: \(error)", on: nil) }
        let casefile = casefile
        // Where a report is no longer anybody's at an office to act on, its members take the keys away as they sign in:
        // each of them has done so meanwhile.
        for person in province.people { await casefile.shutOutBarredColleagues(of: person.viewer) }
        let ids = (order + parts).filter { _ in part >= 1 || dice.chance(part) }
        let picture = try await casefile.picture()
        var standings: [(ReportID, Standing)] = []
        for id in ids {
            let (stored, events, wraps) = try await casefile.database.read { tx in
                (try StoredReport.load(tx, id), try YearEvent.load(tx, id), try YearWrap.load(tx, id))
            }
            guard let stored else {
                fault("the report is gone", on: id)
                continue
            }
            let row = try await casefile.database.read { tx in
                try tx.first("SELECT organ_id, office_id FROM report WHERE id = \(id)").map {
                    (try $0.get("organ_id", as: OrganID.self), try $0.get("office_id", as: OfficeID.self))
                }
            }
            standings.append((id, stored.standing))
            checkHolder(stored, row?.0, row?.1, picture.world)
            checkOrder(events, id)
            checkSignatures(events, id)
            try checkReplay(stored, events, picture)
            checkWraps(wraps, stored, picture)
        }
        for _ in 0..<sample {
            guard let id = dice.pick(ids) else { continue }
            try await checkReaders(id)
        }
        for _ in 0..<sample {
            guard let person = dice.pick(province.people) else { continue }
            try await checkInbox(of: person.viewer, standings, picture)
        }
    }

    private func checkHolder(_ stored: StoredReport, _ organ: OrganID?, _ office: OfficeID?, _ world: World) {
        let standing = stored.standing
        guard let custody = standing.custody else { return fault("nobody holds it", on: stored.id) }
        if organ != custody.organ || office != custody.office { fault("two holders", on: stored.id) }
        if world.offices[custody.office]?.organ != custody.organ {
            fault("its office is another organ's", on: stored.id)
        }
        if world.offices[custody.intakeOffice]?.organ != custody.organ { fault("its desk is another's", on: stored.id) }
        let workflow = casefile.workflow
        guard workflow.stages[standing.stage]?.phase != .end else { return }
        // Somebody can go on: no queue stands still because the rules leave nobody to act.
        let near = province.people.filter { $0.viewer.organ == custody.organ }
        let able = (near + province.people).contains { person in
            workflow.possible(for: person.viewer.staff, on: standing, world: world).contains {
                $0.rule.isWaitedFor(at: standing.stage, standing, in: world)
            }
        }
        let via = standing.custody?.via ?? "first"
        if !able { fault("nobody can go on at \(standing.stage) (\(via), \(custody.audience))", on: stored.id) }
    }

    /// No verification is concluded by one person alone.
    private func checkSignatures(_ events: [YearEvent], _ id: ReportID) {
        var signers: Set<StaffID> = []
        for event in events {
            switch event.act.act {
            case "conclude": signers = Set([event.act.staff].compactMap(\.self))
            case "countersign": signers.formUnion([event.act.staff].compactMap(\.self))
            default: continue
            }
            guard event.to == "outcome-proposed", ["verifying", "report-signing"].contains(event.act.from) else {
                continue
            }
            if signers.count < 2 { fault("a verification was concluded by one person", on: id) }
        }
    }

    private func checkOrder(_ events: [YearEvent], _ id: ReportID) {
        for (one, next) in zip(events, events.dropFirst()) {
            // What reporters do is told to the hour.
            if one.act.at.toTheHour > next.act.at.toTheHour || next.act.sequence != one.act.sequence + 1 {
                fault("events out of order: \(one.act.act), \(next.act.act)", on: id)
            }
            if one.to != next.act.from { fault("stages do not join: \(one.act.act), \(next.act.act)", on: id) }
        }
    }

    private func replay(_ stored: StoredReport, _ events: ArraySlice<YearEvent>) -> YearReplay {
        YearReplay(
            events, marks: told[stored.id]?.marks ?? [], hasReporter: stored.standing.hasReporter,
            workflow: casefile.workflow)
    }

    /// The stored projections, and what pages showed on the way, told anew from the events alone.
    private func checkReplay(_ stored: StoredReport, _ events: [YearEvent], _ picture: Picture) throws {
        let standing = stored.standing
        let replay = replay(stored, events[...])
        func same(_ what: String, _ equal: Bool) {
            if !equal { fault("\(what) differs from the events", on: stored.id) }
        }
        same("stage", replay.stage == standing.stage)
        same("holder", replay.organs.map(\.organ) == standing.custodies.map(\.organ))
        same("way", replay.organs.map(\.via) == standing.custodies.map(\.via))
        same("category", replay.category == standing.category)
        same("proposal", replay.proposal == standing.proposal?.way)
        same("disposal", replay.disposal == standing.disposal)
        same("real name", replay.realName == standing.realName)
        same("place of the identity", replay.identityAt == standing.identityAt)
        same("repeat", replay.isRepeat == standing.isRepeat)
        same("marks", replay.marks == stored.marks)
        same("handlers", replay.handlers.subtracting(standing.barred) == standing.handlers)
        let limits = try casefile.workflow.limitStates(
            of: replay.done, standing: replay.standing(like: standing), calendar: picture.calendar)
        same("due day", limits.compactMap(\.runningDue).min() == stored.dueDay)
        for limit in limits where replay.stage == "archived" && limit.met == nil && !isMeetable(limit) {
            fault("\(limit.rule.name) runs on in an archived report", on: stored.id)
        }
        for page in shown where page.id == stored.id {
            let then = self.replay(stored, events.prefix(page.sequence))
            same("shown stage", then.stage == page.stage)
            if let marks = page.marks {
                same("shown marks", then.marks == marks)
                same("shown category", then.category == page.category)
            }
            guard page.outline else { continue }
            let limits = try casefile.workflow.limitStates(
                of: then.done, standing: then.standing(like: standing), calendar: picture.calendar)
            same("shown limits", limits.map(YearShown.words) == page.limits)
            same("shown due day", limits.compactMap(\.runningDue).min() == page.due)
        }
        shown.removeAll { $0.id == stored.id }
    }

    /// Whether an act that ends it can still be done once the report is archived.
    private func isMeetable(_ limit: LimitState) -> Bool {
        limit.rule.ends.contains { name in
            guard let act = casefile.workflow.acts[name] else { return false }
            return act.alsoAtEnd || act.steps.contains { $0.stage == "archived" }
        }
    }

    /// Everyone tries to open a report: it opens for those whom the rules let, with the keys that go with it.
    private func checkReaders(_ id: ReportID) async throws {
        let casefile = casefile
        guard let standing = try await casefile.database.read({ try StoredReport.load($0, id) })?.standing else {
            return
        }
        let world = try await casefile.world()
        for person in province.people {
            let viewer = person.viewer
            let reach = Reach.of(viewer.staff, on: standing, world: world, workflow: casefile.workflow)
            guard !reach.isNone || dice.chance(0.1) else { continue }
            count("tried to read")
            do {
                let (open, letter) = try await casefile.database.read { tx in
                    let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                    return (open, try open.letter(tx))
                }
                count("read")
                let stage = open.stored.standing.stage
                let who = "\(role(viewer)) at \(stage) (\(relation(viewer, open.stored.standing)))"
                if open.stored.standing.barred.contains(viewer.staff) { fault("a barred \(who) reads", on: id) }
                if open.reach.letter, letter == nil { fault("\(who) has no letter key", on: id, username(viewer)) }
                if open.reach.papers, open.hasCaseKey, open.caseKey == nil {
                    fault("\(who) has no case key", on: id, username(viewer))
                }
                if open.reach.custody, open.identityKey == nil { fault("\(who) has no identity key", on: id) }
                if let letter, Jurisdiction.barred(by: letter.reported, in: open.picture.world)[viewer.staff] != nil {
                    fault("\(who) is named and not barred", on: id)
                }
                if reach.isNone { fault("\(who) reads without reach", on: id) }
            } catch CasefileError.notFound {
                if !reach.isNone { fault("\(role(viewer)) does not read what is within reach", on: id) }
            }
        }
        guard let filed = told[id]?.filed else { return }
        do { _ = try await casefile.receipt(ReceiptHolder(filed.receipt, pepper: casefile.keys.pepper)) } catch {
            fault("a receipt does not open: \(error)", on: id)
        }
    }

    func relation(_ viewer: Viewer, _ standing: Standing) -> String {
        if viewer.organ == standing.custody?.organ { return "holder" }
        if viewer.organ == standing.senderCustody?.organ { return "sender" }
        return standing.custodies.contains { $0.organ == viewer.organ } ? "passed" : "outside"
    }

    /// Whoever has an act that a report waits for finds it in the inbox, and nobody else does.
    private func checkInbox(
        of viewer: Viewer, _ standings: [(ReportID, Standing)], _ picture: Picture
    ) async throws {
        var listed: Set<ReportID> = []
        var offset = 0
        while true {
            let page = try await casefile.inbox(
                InboxQuery(sort: .due, limit: 200, offset: offset), for: viewer, titles: false)
            listed.formUnion(page.items.map(\.id))
            offset += 200
            if !page.more { break }
        }
        for (id, standing) in standings {
            let acts = casefile.workflow.possible(for: viewer.staff, on: standing, world: picture.world)
                .filter { $0.rule.isWaitedFor(at: standing.stage, standing, in: picture.world) }.map(\.rule.name)
            guard acts.isEmpty == listed.contains(id) else { continue }
            let who = "\(role(viewer)) (\(relation(viewer, standing)))"
            fault(
                acts.isEmpty
                    ? "listed for \(who) at \(standing.stage) with nothing to do"
                    : "\(acts) at \(standing.stage) not in the inbox of \(who)", on: id, username(viewer))
        }
    }
}
