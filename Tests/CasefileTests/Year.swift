import Casework
import Database
import Kernel
import Sealing
import Testing

@testable import Casefile

/// A year of a province: reports come, people look at what waits for them and do what their forms offer, reporters
/// answer by receipt, and the clock goes on. Everything follows from the seed.
final class Year {
    struct Told {
        var filed: Filed
        var marks: [String]
        var story: [String] = []
    }

    /// A fault that was met, the first story in which it appeared, and how often.
    struct Fault {
        var story: [String]
        var count = 1
    }

    let province: YearProvince
    let reports: Int
    var dice: YearDice
    var told: [ReportID: Told] = [:]
    /// In the order of filing.
    var order: [ReportID] = []
    /// Split off from others: nobody has their receipt.
    var parts: [ReportID] = []
    var numbers: [OrganID: [String]] = [:]
    var absentUntil: [StaffID: Day] = [:]
    var faults: [String: Fault] = [:]
    /// What happened, by name: acts, refusals that people may meet, things shown.
    var tally: [String: Int] = [:]
    var shown: [YearShown] = []

    var casefile: Casefile { province.casefile }
    var today: Day { province.clock.clock.now().day }

    init(province: YearProvince, reports: Int, seed: UInt64) {
        self.province = province
        self.reports = reports
        dice = YearDice(seed: seed &+ 1)
    }

    /// Lives the year in rounds of one to three days.
    func live() async throws {
        var round = 0
        var due = 0.0
        let end = today.adding(days: 364)
        while today < end {
            // Most come in the first ten months, so that what came late can still be seen to the end.
            due += Double(reports) / 153
            while order.count < reports, Double(order.count) < due { try await file() }
            try await workday(upTo: max(8, reports / 100))
            if dice.chance(0.5) { try await browse() }
            for _ in 0..<max(2, reports / 300) { try await hearReporter() }
            if round % 60 == 59 {
                try await check(min(1, 100 / Double(reports)), sample: 8)
            }
            round += 1
            await nextMorning(after: Int.random(in: 1...3, using: &dice))
        }
    }

    private func nextMorning(after days: Int) async {
        let day = today.adding(days: days)
        province.clock.set(day.start.adding(seconds: 8 * 3600 + 1800))
    }

    /// Some minutes of the working day.
    private func pass() { province.clock.advance(seconds: Int64.random(in: 5...90, using: &dice)) }

    func count(_ what: String) { tally[what, default: 0] += 1 }

    func fault(_ what: String, on id: ReportID?, _ line: String = "") {
        if faults[what] != nil {
            faults[what]?.count += 1
        } else {
            faults[what] = Fault(story: (id.flatMap { told[$0]?.story } ?? []) + [line])
        }
    }

    // MARK: what people do

    /// Files over the web, or at a registrar's desk.
    private func file() async throws {
        pass()
        var filing = province.filing(&dice)
        let atDesk = dice.chance(0.25)
        do {
            let filed: Filed
            if atDesk {
                filing.channel = dice.pick([.letter, .visit, .phone, .other]) ?? .letter
                let organ = province.organs.first { $0.code == filing.organ } ?? province.organs[3]
                let desk = province.people.filter {
                    $0.viewer.organ == organ.id && $0.staff.username.contains("letters")
                }
                guard let person = dice.pick(desk) else { return }
                filed = try await casefile.register(filing, by: person.viewer)
            } else {
                filed = try await casefile.file(filing)
            }
            let parties = filing.letter.reported.map { "\($0.name)/\($0.unit)/\($0.management.rawValue)" }
            told[filed.id] = Told(
                filed: filed, marks: filing.marks, story: ["filed at \(filed.organ.code): \(parties)"])
            order.append(filed.id)
        } catch let error as CasefileError {
            count("filing refused: \(error)")
            let met: Set<String> = ["aboveThisPlatform", "handUp", "notYourAct"]
            if !met.contains("\(error)") { fault("filing: \(error)", on: nil) }
            if error == .notYourAct, !atDesk { fault("filing: \(error)", on: nil) }
        }
    }

    /// Whoever has something waiting looks, unless late or away.
    private func workday(upTo most: Int) async throws {
        let rows = try await casefile.database.read { tx in
            try tx.rows("SELECT DISTINCT office_id, staff_id FROM waiting").map {
                (try $0.maybe("office_id", as: OfficeID.self), try $0.maybe("staff_id", as: StaffID.self))
            }
        }
        let world = try await casefile.world()
        var chosen: Set<StaffID> = []
        for (office, staff) in rows.sorted(by: { "\($0)" < "\($1)" }) where dice.chance(0.6) {
            if let staff { chosen.insert(staff) }
            guard let office else { continue }
            if let one = dice.pick(Set(world.members(of: office).map(\.staff)).sorted()) { chosen.insert(one) }
            if dice.chance(0.5), let one = dice.pick(Set(world.members(of: office).map(\.staff)).sorted()) {
                chosen.insert(one)
            }
        }
        for person in province.people where chosen.contains(person.viewer.staff) {
            if let back = absentUntil[person.viewer.staff], back > today { continue }
            if dice.chance(0.01) {
                absentUntil[person.viewer.staff] = today.adding(days: Int.random(in: 3...40, using: &dice))
                continue
            }
            try await work(person.viewer, upTo: most)
        }
    }

    private func work(_ viewer: Viewer, upTo most: Int) async throws {
        let sort = dice.pick(InboxQuery.Sort.allCases) ?? .oldest
        let titles = dice.chance(0.05)
        let page = try await casefile.inbox(
            InboxQuery(sort: sort, limit: most), for: viewer, titles: titles)
        count("inbox")
        lookAt(page, sort: sort)
        for item in page.items where dice.chance(0.85) {
            pass()
            try await open(item, by: viewer, waiting: true)
        }
    }

    /// Now and then somebody looks at what their office follows, holds or has done.
    private func browse() async throws {
        guard let person = dice.pick(province.people) else { return }
        for tab in [InboxQuery.Tab.followed, .holding, .done] {
            let query = InboxQuery(tab: tab, sort: .newest, limit: 20, offset: 0)
            let page = try await casefile.inbox(query, for: person.viewer, titles: true)
            lookAt(page, sort: .newest)
            if let item = dice.pick(page.items) { try await open(item, by: person.viewer, waiting: false) }
        }
    }

    private func lookAt(_ page: InboxPage, sort: InboxQuery.Sort) {
        for item in page.items {
            let overdue = item.due.map { $0 < today } ?? false
            if item.marks.contains("overdue") != overdue { fault("inbox: overdue mark", on: item.id) }
        }
        for (one, next) in zip(page.items, page.items.dropFirst()) {
            let far = Day.last
            let inOrder =
                switch sort {
                case .oldest: one.receivedAt <= next.receivedAt
                case .newest: one.receivedAt >= next.receivedAt
                case .due: (one.due ?? far) <= (next.due ?? far)
                }
            if !inOrder { fault("inbox: order \(sort.rawValue)", on: next.id) }
        }
    }

    private func open(_ item: InboxItem, by viewer: Viewer, waiting: Bool) async throws {
        let id = item.id
        let name = username(viewer)
        let view: ReportView
        do {
            view = try await casefile.report(id, for: viewer)
        } catch let error as CasefileError {
            return fault("listed for \(role(viewer)) at \(item.stage), not opened: \(error)", on: id, name)
        }
        count("view")
        if view.standing.stage != item.stage || view.reach.outline && view.due != item.due {
            fault("inbox and report differ", on: id, name)
        }
        if let number = view.number, !(numbers[viewer.organ] ?? []).contains(number) {
            numbers[viewer.organ, default: []].append(number)
        }
        if dice.chance(0.1) { shown.append(YearShown(view, on: today)) }
        lookForKeys(view, by: viewer)
        let passOn = isNoLongerOurs(view)
        let waited = view.acts.filter { $0.rule.isWaitedFor(at: view.standing.stage, view.standing, in: view.world) }
        if waiting, waited.isEmpty, !passOn {
            fault("waits for \(role(viewer)) at \(item.stage) with nothing to do", on: id, name)
        }
        guard let act = dice.weighed(view.acts.map { ($0, weight($0, view, passOn: passOn)) }) else { return }
        try await perform(act, on: view, by: viewer)
    }

    /// Reach and keys go together.
    private func lookForKeys(_ view: ReportView, by viewer: Viewer) {
        if view.reach.letter != (view.letter != nil) {
            fault("\(role(viewer)) at \(view.standing.stage): reach says letter \(view.reach.letter)", on: view.id)
        }
    }

    /// A correction showed that the matter is another organ's: only sending up is left to the desk.
    private func isNoLongerOurs(_ view: ReportView) -> Bool {
        guard let letter = view.letter, let organ = view.standing.custody.flatMap({ view.world.organs[$0.organ] })
        else {
            return false
        }
        let decision = Jurisdiction.decide(
            organ: organ.code, place: letter.place, reported: letter.reported, in: view.world)
        if case .receive(let receiver, _, _, _) = decision { return receiver != organ.id }
        return true
    }

    private func perform(_ act: OfferedAct, on view: ReportView, by viewer: Viewer) async throws {
        let rule = act.rule
        var form = YearForm(
            dice: dice, view: view, choices: act.choices, numbers: numbers[viewer.organ] ?? [])
        let filled = form.fill(rule)
        dice = form.dice
        guard let input = filled else {
            if rule.effect != "link" { fault("\(rule.name): offered with nothing to choose", on: view.id) }
            return
        }
        let id = view.id
        let line = "\(today) \(username(viewer)) \(view.standing.stage)→\(rule.name) \(describe(input))"
        do {
            try await casefile.perform(rule.name, on: id, by: viewer, input: input)
            told[id]?.story.append(line)
            count("act \(rule.name)")
            if rule.effect == "split" { try await follow(partOf: id) }
        } catch let error as CasefileError {
            told[id]?.story.append(line + " ✗ \(error)")
            count("refused \(rule.name): \(short(error))")
            if !mayMeet(error, rule, view) {
                fault("\(rule.name) at \(view.standing.stage) by \(role(viewer)): \(short(error))", on: id)
            }
        } catch {
            told[id]?.story.append(line + " ✗ \(error)")
            fault("\(rule.name) at \(view.standing.stage): \(error)", on: id)
        }
    }

    /// The part that was split off lives on as a report of its own.
    private func follow(partOf id: ReportID) async throws {
        let events = try await casefile.database.read { try YearEvent.load($0, id) }
        guard let born = events.last?.act.codes["born"].flatMap({ ReportID($0) }) else {
            return fault("split: nothing was born", on: id)
        }
        parts.append(born)
    }

    /// What a person may meet who did nothing wrong, or something that people do.
    private func mayMeet(_ error: CasefileError, _ rule: ActRule, _ view: ReportView) -> Bool {
        switch error {
        case .nobodyHome: true
        case .aboveThisPlatform: rule.effect == "send-up"
        case .invalid(let faults):
            faults.allSatisfy { ["original", "mayNotReceive", "tooFew", "copied"].contains($0.field) }
                || faults.allSatisfy { ["mayNotReceive", "tooFew", "copied"].contains($0.reason) }
        default: false
        }
    }

    /// Waited acts most, so that reports come to an end; the others as often as people do them.
    private func weight(_ act: OfferedAct, _ view: ReportView, passOn: Bool) -> Double {
        let unknown = view.letter?.reported.contains { $0.management == .unknown } ?? false
        let rare: [String: Double] = [
            "recuse": 0.03, "ask-recusal": 0.1, "reject": 1.5, "withdraw-proposal": 0.2, "consult": 1, "link": 0.2,
            "demand": 0.2,
            "return": 1, "object": 0.3, "message": 0.3, "amend": unknown ? 6 : 0.15, "supervise": 0.3, "extend": 0.3,
            "pause": 0.2, "resume": 0.5, "clarify": 0.2, "determine-false": 0.1, "protect": 0.1, "trace": 0.1,
            "urge": 0.2, "form-team": 0.2, "open-identity": 0.1, "pass-to-investigation": 0.6, "wake": 0.6,
            "review-shelved": 0.5, "reopen": 0.2, "allocate": view.standing.stage == "signed" ? 10 : 0.2,
            "send-up": passOn || view.standing.stage == "approved" ? 10 : 0.2,
            "amend-identity": 0.1,
            "verify-identity": view.standing.realName == "unverified" ? 10 : 0.1,
        ]
        if let weight = rare[act.rule.name] { return weight }
        return act.rule.isWaitedFor(at: view.standing.stage, view.standing, in: view.world) ? 10 : 0.3
    }

    // MARK: what reporters do

    private func hearReporter() async throws {
        guard let id = dice.pick(order), let filed = told[id]?.filed else { return }
        pass()
        let holder = ReceiptHolder(filed.receipt, pepper: casefile.keys.pepper)
        do {
            let view = try await casefile.receipt(holder)
            count("receipt")
            if view.mayAskRecusal, dice.chance(0.03) {
                try await casefile.askRecusal(of: "经办我这件事的人", because: "他和被反映人是亲戚", from: holder)
                return count("reporter recusal")
            }
            let may = view.may.filter { $0 != .objection || dice.chance(0.4) }
            guard let what = dice.pick(may) else { return }
            switch what {
            case .message: try await casefile.message("请问办得怎么样了", from: holder)
            case .objection: try await casefile.object("我不同意这个结果", from: holder)
            case .rating:
                let score = Int.random(in: 1...5, using: &dice)
                try await casefile.rate(Rating(score: score, settled: score > 3, comment: ""), from: holder)
            case .file:
                let reception = try casefile.files.receive(name: "照片\(Int.random(in: 0..<1000, using: &dice)).txt")
                try reception.append(Array("证据".utf8))
                try await casefile.attach(try reception.finish(), from: holder)
            }
            told[id]?.story.append("\(today) reporter \(what)")
            count("reporter \(what)")
        } catch let error as CasefileError {
            if error == .fileExists { return }
            fault("reporter: \(error)", on: id)
        }
    }

    // MARK: words

    func username(_ viewer: Viewer) -> String {
        province.people.first { $0.viewer.staff == viewer.staff }?.staff.username ?? "?"
    }

    /// Office and role, the organ and the person's number apart.
    func role(_ viewer: Viewer) -> String {
        username(viewer).split(separator: ".").dropFirst().prefix(2).joined(separator: ".")
    }

    private func short(_ error: CasefileError) -> String {
        switch error {
        case .nobodyHome: "nobodyHome"
        case .invalid(let faults): "invalid " + faults.map { "\($0.field):\($0.reason)" }.joined(separator: " ")
        default: "\(error)"
        }
    }

    private func describe(_ input: ActInput) -> String {
        input.sorted { $0.key < $1.key }.map { key, value in
            switch value {
            case .text(let text): "\(key)=\(name(text))"
            case .flag(let flag): "\(key)=\(flag)"
            case .list(let list): "\(key)=\(list.map(name))"
            case .items(let items): "\(key)=\(items.count) rows"
            }
        }.joined(separator: " ")
    }

    private func name(_ text: String) -> String {
        if let id = StaffID(text), let person = province.people.first(where: { $0.staff.id == id }) {
            return person.staff.username
        }
        if let id = OrganID(text), let organ = province.organs.first(where: { $0.id == id }) { return organ.code }
        if let id = OfficeID(text), let office = province.offices.first(where: { $0.id == id }) {
            return (province.organs.first { $0.id == office.organ }?.code ?? "?") + "." + office.code
        }
        return text
    }
}
