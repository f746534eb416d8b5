import Casefile
import Casework
import Kernel
import Sealing
import WorkingDays

/// Plays the fictional reports through the same door that people use, each act by somebody who may do it.
struct DemoPlay {
    let casefile: Casefile
    let password: String

    func play(_ reports: [DemoReport], most: Int) async throws {
        let world = try await casefile.world()
        var actors: [OrganID: [Viewer]] = [:]
        var tokens: [SessionToken] = []
        for person in world.staff.values.sorted(by: { $0.username < $1.username }) {
            guard let signedIn = try await casefile.signIn(username: person.username, password: password) else {
                continue
            }
            actors[person.organ, default: []].append(signedIn.viewer)
            tokens.append(signedIn.token)
        }
        let ordered = reports.sorted { ($0.daysAgo, $1.id) > ($1.daysAgo, $0.id) }
        var filed: [Int: ReportID] = [:]
        for report in ordered.prefix(most) {
            var story = DemoStory(report: report, casefile: casefile, actors: actors, world: world)
            story.original = report.repeatOf.flatMap { filed[$0] }
            filed[report.id] = try await story.play()
        }
        for token in tokens { try await casefile.signOut(token) }
    }
}

/// One report's way.
struct DemoStory {
    let report: DemoReport
    let casefile: Casefile
    let actors: [OrganID: [Viewer]]
    let world: World
    var now: Instant
    let today: Instant
    var steps = 0
    /// The organ that holds the report: whoever acts is one of its people.
    var holder: OrganID?
    /// The report that this one repeats, and the number under which whoever links it knows it.
    var original: ReportID?
    var originalNumber: String?

    init(report: DemoReport, casefile: Casefile, actors: [OrganID: [Viewer]], world: World) {
        self.report = report
        self.casefile = casefile
        self.actors = actors
        self.world = world
        today = casefile.clock.now()
        let day = today.day.adding(days: -report.daysAgo)
        now = day.start.adding(seconds: Int64(8 + report.id % 10) * 3600 + Int64(report.id * 7 % 60) * 60)
    }

    var door: Casefile { casefile.with(clock: .fixed(now)) }

    /// Moves on by whole days to an hour at which people work, never past the present.
    mutating func pass(_ days: Int) {
        steps += 1
        var day = now.day.adding(days: days)
        if days > 0 { day = casefile.calendar.nextWorkingDay(onOrAfter: day) }
        let minute = Int64((report.id * 13 + steps * 37) % 420)
        let next = day.start.adding(seconds: 9 * 3600 + minute * 60)
        now = min(max(next, now.adding(seconds: 300)), today)
    }

    /// Answers the report that it told, if there is one here.
    @discardableResult
    mutating func play() async throws -> ReportID? {
        guard let filed = try await file() else { return nil }
        let id = filed.id
        self.holder = filed.organ.id
        let receipt = ReceiptHolder(filed.receipt, pepper: casefile.keys.pepper)
        var acts = report.acts
        if report.channel != "web", acts.first == "register" { acts.removeFirst() }
        for act in acts {
            pass(DemoReport.daysBefore(act))
            if act == "link" { try await findOriginal() }
            // What cannot be linked is judged on its own.
            guard try await perform(act, id) || act == "link" else { return id }
            if act == "classify" || (act == "register" && report.reporter != nil) {
                if report.reporter != nil, report.id % 6 != 0 { _ = try await perform("verify-identity", id) }
            }
            if act == "sign", report.reporter != nil {
                pass(1)
                _ = try await perform("notify", id)
            }
            if act == "approve", report.path != "inquiring", try await perform("reply", id) { pass(12) }
            if act == "conclude", report.path != "report-signing" {
                try await endVerification(id)
            }
            if act == "feedback" { try await talk(id, receipt) }
        }
        try await goOnBelow(id)
        if report.path != "objected", !report.acts.contains("feedback") { try await talk(id, receipt) }
        if let stars = report.rating, report.acts.contains("feedback") {
            pass(1)
            try? await door.rate(
                Rating(score: stars.score, settled: stars.settled, comment: stars.comment ?? ""), from: receipt)
        }
        return id
    }

    /// The team signs, the principal leader decides how it ends, and what that asks for is done.
    private mutating func endVerification(_ id: ReportID) async throws {
        while try await perform("countersign", id) { pass(0) }
        guard report.path != "outcome-proposed", try await perform("approve", id) else { return }
        guard !["reminding", "passing-on", "case-filing"].contains(report.path) else { return }
        for act in ["remind", "pass-on", "file-case"] {
            pass(1)
            guard try await perform(act, id) else { continue }
            if act == "file-case" { _ = try await perform("conclude", id) }
            return
        }
    }

    /// The number of the first report, as somebody here knows it who may read it.
    private mutating func findOriginal() async throws {
        guard let original else { return }
        for viewer in people {
            guard let view = try? await door.report(original, for: viewer), view.letter != nil else { continue }
            originalNumber = view.number
            if originalNumber != nil { return }
        }
    }

    /// What was forwarded or assigned goes on at the lower organ, as far as time has passed.
    private mutating func goOnBelow(_ id: ReportID) async throws {
        guard report.path == "forwarded" || report.path == "assigned",
            let below = report.to.flatMap({ world.organ(code: $0)?.id })
        else { return }
        holder = below
        let way = [
            "sign", "register", "classify", "propose", "approve", "refer", "sign", "allocate", "dispose", "approve",
            "conclude", "feedback", "report-up", "decide",
        ]
        for act in way.prefix(report.id % (way.count + 1)) {
            pass(act == "sign" ? 0 : DemoReport.daysBefore(act))
            guard now < today, try await perform(act, id) else { return }
            if act == "approve", try await perform("reply", id) { pass(12) }
            if act == "conclude" { try await endVerification(id) }
        }
        if report.id.isMultiple(of: 2), let above = report.organ.flatMap({ world.organ(code: $0)?.id }) {
            holder = above
            pass(2)
            _ = try await perform("recognise", id)
        }
    }

    private func file() async throws -> Filed? {
        let filing = Filing(
            organ: report.organ, letter: report.letter, reporter: report.person,
            channel: Channel(rawValue: report.channel) ?? .web)
        if report.channel == "web" { return try await door.file(filing) }
        guard let organ = report.organ.flatMap({ world.organ(code: $0) }) else { return try await door.file(filing) }
        for viewer in actors[organ.id] ?? [] {
            do {
                return try await door.register(filing, by: viewer)
            } catch CasefileError.notYourAct {
                continue
            } catch CasefileError.handUp {
                return nil
            }
        }
        return nil
    }

    /// The first person who may do the act does it; `false` when nobody may.
    private func perform(_ act: String, _ id: ReportID) async throws -> Bool {
        for viewer in people {
            guard let view = try? await door.report(id, for: viewer),
                let offered = view.acts.first(where: { $0.rule.name == act })
            else { continue }
            do {
                try await door.perform(act, on: id, by: viewer, input: input(offered, view: view))
                return true
            } catch CasefileError.notYourAct {
                continue
            } catch CasefileError.invalid([FieldFault("original", "unknown")]) {
                continue
            } catch CasefileError.invalid([FieldFault("team", "tooFew")]) {
                // An office where one person is left cannot verify: it closes what it can.
                var other = input(offered, view: view)
                other["kind"] = .text("close")
                try await door.perform(act, on: id, by: viewer, input: other)
                return true
            }
        }
        return false
    }

    var people: [Viewer] { holder.flatMap { actors[$0] } ?? [] }

    private func input(_ offered: OfferedAct, view: ReportView) -> ActInput {
        var input: ActInput = [:]
        for field in offered.rule.fields {
            guard field.when.allSatisfy({ key, values in input[key].map { values.contains(text($0)) } ?? false })
            else { continue }
            if let value = value(field, offered, view) { input[field.name] = value }
        }
        return input
    }

    private func text(_ value: InputValue) -> String {
        if case .text(let text) = value { text } else { "" }
    }

    private func value(_ field: FieldRule, _ offered: OfferedAct, _ view: ReportView) -> InputValue? {
        let options = field.allChoices(offered.choices)
        func choose(_ wanted: String?) -> InputValue? {
            (options.first { $0.value == wanted } ?? options.first).map { .text($0.value) }
        }
        switch (offered.rule.name, field.name) {
        case ("classify", "category"): return choose(report.category)
        case ("classify", "problem"): return choose(report.problem)
        case ("classify", "opinion"): return report.opinions?.classify.map { .text($0) }
        case ("link", "original"): return .text(originalNumber ?? "—")
        case ("link", "opinion"): return .text("同人同事，列为重复件。")
        case ("propose", "way"):
            // Below, what was handed down is handled there.
            if view.standing.custodies.count > 1 { return choose("refer") }
            return choose(report.way ?? "refer")
        case ("propose", "office"):
            // To be transferred to investigation, it lies with inspection first.
            let offices = report.path == "transfer-proposed" ? options.filter(isInspection) : options
            return offices.isEmpty ? nil : .text(offices[report.id % offices.count].value)
        case ("propose", "organ"):
            return choose(report.to.flatMap { world.organ(code: $0)?.id.description })
        case ("propose", "decline-ground"):
            return choose(report.category == "no-substance" ? "no-substance" : "other-organ")
        case ("propose", "opinion"): return .text(report.opinions?.propose ?? "建议按规定办理。")
        case ("approve", "opinion"): return .text("同意。")
        case ("decline", "text"), ("notify", "text"):
            return .text(
                offered.rule.name == "notify"
                    ? "您反映的问题我们已经受理，正在按程序办理。有新的材料可以凭查询码补充。"
                    : report.opinions?.feedback ?? "您反映的事项不属于纪检监察机关受理范围，请向有权处理的机关反映，或依法通过诉讼、仲裁等途径解决。")
        case ("hand-out", "agency"): return .text("县住房和城乡建设局")
        case ("hand-out", "text"):
            return .text(report.opinions?.feedback ?? "您反映的事项已转有权处理的机关，并请其反馈结果。")
        case ("dispose", "kind"):
            return choose(report.path == "shelved" ? "shelve" : report.disposal ?? "verify")
        case ("dispose", "plan"): return .text("调取账目和原始凭证，分别谈话了解，现场核对后形成核查报告。")
        case ("dispose", "questions"): return .text("请说明任职以来经手的同类事项、审批经过和本人认识，并附相关材料。")
        case ("decide", "agreed"): return choose("yes")
        case ("report-up", "text"): return .text(report.opinions?.result ?? "经核查，已形成结论，现予上报。")
        case ("dispose", "opinion"): return .text(report.opinions?.dispose ?? "建议予以初步核实。")
        case ("conclude", "results"): return .items(results(view))
        case ("conclude", "end") where report.path == "passing-on": return choose("pass-on")
        case ("conclude", "end"):
            let forms = Set(report.reported.compactMap(\.handling))
            if !forms.isDisjoint(with: ["second-form", "third-form", "fourth-form"]) { return choose("case-filing") }
            return choose(forms.contains("first-form") ? "reminder" : "close")
        case ("conclude", "demand-settled"): return .flag(report.rating?.settled ?? false)
        case ("conclude", "text"): return .text(report.opinions?.result ?? "经核查，已形成结论。")
        case ("feedback", "text"): return .text(report.opinions?.feedback ?? "您反映的问题已经核查完毕。")
        case ("object", "text"):
            return .text(report.messages?.first { $0.from == "reporter" }?.text ?? "对结果有不同意见，请再核实。")
        case ("verify-identity", "status"):
            return choose(
                ["joint": "joint", "organisation": "organisation"][report.reporter?.kind ?? ""] ?? "real-name")
        case ("allocate", "handlers"):
            return .list(options.prefix(2).map(\.value))
        default:
            guard field.required else { return nil }
            return switch field.kind {
            case .choice: choose(nil)
            case .choices: options.first.map { .list([$0.value]) }
            case .flag: .flag(true)
            case .date: .text(now.day.text)
            default: .text("按规定办理。")
            }
        }
    }

    private func isInspection(_ choice: Choice) -> Bool {
        OfficeID(choice.value).flatMap { world.offices[$0] }?.kind == .inspection
    }

    private func results(_ view: ReportView) -> [[String: InputValue]] {
        report.reported.enumerated().map { index, party in
            [
                "party": .text(String(index + 1)), "finding": .text(party.result ?? "partly"),
                "handling": .text(party.handling ?? "none"),
            ]
        }
    }
}
