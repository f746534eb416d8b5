import Casework
import Database
import Kernel
import Sealing

/// Everything that one act will write, worked out before the transaction.
struct ActChange: Sendable {
    let rule: ActRule
    private(set) var open: OpenReport
    /// Keys that begin with this act, in place of such as somebody may have copied.
    private(set) var nextTurns: [OpenReport.NextTurn]
    let letter: Letter?
    /// What the reporter wrote after the letter, where the act is held against it (I-6).
    var told: [String] = []
    let viewer: Viewer?
    let at: Instant
    /// The report after the act.
    var after: StoredReport
    var codes: [String: String] = [:]
    var texts: [NewText] = []
    var newKeys: [NewKey] = []
    var wraps: [NewWrap] = []
    var files: [NewFile] = []
    var dropLetterWrapsOf: Set<OrganID> = []
    var dropWraps: [(key: SealingKeyID, recipient: String)] = []
    var bars: [StaffID: BarReason] = [:]
    var drawsNumber = false
    /// The report arrives at another organ with this act.
    var arrives = false
    /// Reports that this act begins.
    var births: [NewReport] = []
    /// What turned out to be a higher organ's is purged here; only a tombstone stays, for whoever acts (I-2).
    var leavesTombstone = false
    /// The matter stands above every organ here: with this act nothing of it is left.
    var leavesPlatform = false
    /// The report moved to other people of the same organ with this act.
    var movedInside = false
    /// The request on which this act decides.
    var decided: Request?
    /// Who the reporter is, where a custodian hands that on.
    var reporter: Reporter?
    /// To whom the identity stands open from this act on.
    var opening: NewOpening?
    /// What a reader was waiting for, and the event that opened it to them.
    var handed: (opening: Int, copy: HandedCopy)?
    /// By what the custodians who keep the identity from now on may find it.
    var identityMarks: Set<[UInt8]>?
    /// By what the letter is found as it reads from this act on.
    var marks: [UInt8]?
    /// What leaves as a print or a file with this act.
    var export: NewExport?
    /// The first report, where this one is linked to it as a repeat.
    var original: ReportID?

    var report: ReportID { open.stored.id }
    var sequence: Int { open.stored.standing.sequence + 1 }
    var author: String { viewer == nil ? "reporter" : "office" }

    init(act: PossibleAct, open: OpenReport, letter: Letter?, viewer: Viewer?, at: Instant) {
        rule = act.rule
        var open = open
        nextTurns = open.makeNextTurns()
        self.open = open
        self.letter = letter
        self.viewer = viewer
        self.at = at
        after = open.stored
        after.standing.stage = act.to
        after.standing.sequence = sequence
        after.standing.done.append(
            DoneAct(
                act: act.rule.name, from: open.stored.standing.stage, staff: viewer?.staff,
                custody: open.stored.standing.custody?.index ?? 0, at: at, sequence: sequence))
    }

    /// These people must not read it from this act on. What somebody else writes with it is kept from them already; whoever
    /// stands aside knows their own words.
    mutating func add(_ barred: [StaffID: BarReason]) {
        bars.merge(barred) { first, _ in first }
        let isNew = !after.standing.barred.isSuperset(of: barred.keys)
        after.standing.barred.formUnion(barred.keys)
        guard isNew, viewer.map({ barred[$0.staff] == nil }) ?? true else { return }
        let fresh = Set(nextTurns.map(\.stored.id))
        open.spoiled.formUnion(open.keys.keys.map(\.id).filter { !fresh.contains($0) })
        nextTurns += open.makeNextTurns()
    }

    mutating func setNumber(_ number: String) {
        let last = after.standing.custodies.count - 1
        guard last >= 0 else { return }
        after.standing.custodies[last].number = number
    }

    /// Hands the codes of this act to the rules, which look at them when limits are computed.
    mutating func settle() {
        let last = after.standing.done.count - 1
        guard last >= 0 else { return }
        after.standing.done[last].codes = codes
    }

    mutating func updateCustody(_ body: (inout Custody) -> Void) {
        let last = after.standing.custodies.count - 1
        guard last >= 0 else { return }
        body(&after.standing.custodies[last])
    }

    /// Seals one text of the act under the key its field asks for.
    mutating func seal(_ field: String, _ text: String, under key: HeldKey?) throws {
        guard let key else { throw CasefileError.keyMissing }
        texts.append(
            try NewText(field, Array(text.utf8), under: key, report: report, sequence: sequence, author: author))
    }

    /// The case key of the holding organ; a fresh one when this organ has none yet.
    mutating func caseKeyMakingOne() throws -> HeldKey {
        if let key = open.caseKey { return key }
        if let made = newKeys.first(where: { $0.kind == "case" }) { return made.key }
        guard let custody = after.standing.custody else { throw CasefileError.notFound }
        // There is one, and this person does not hold it: a second one would part the papers.
        guard !open.hasCaseKey || custody.index != open.stored.standing.custody?.index else {
            throw CasefileError.keyMissing
        }
        let key = HeldKey.fresh()
        newKeys.append(NewKey(key: key, kind: "case", custody: custody.index))
        wraps += open.picture.wraps(
            of: key, to: custody.intakeOffice, audience: custody.audience, barred: after.standing.barred)
        return key
    }

    /// Gives an office of the holding organ what it needs to read: letter key, case key, and what was told on the way.
    mutating func admit(_ office: OfficeID, audience: Audience) throws {
        guard let letterKey = open.letterKey else { throw CasefileError.keyMissing }
        let caseKey = try caseKeyMakingOne()
        for key in [letterKey, caseKey] + sharedKeys(for: office) {
            let made = open.picture.wraps(
                of: key, to: office, audience: audience, barred: after.standing.barred)
            guard !made.isEmpty else { throw CasefileError.nobodyHome(organ: office.description) }
            wraps += made
        }
    }

    /// Writes event, keys, wraps and texts. The report row itself was updated before.
    func write(_ tx: any Transaction, rules: String) throws {
        guard let custody = open.stored.standing.custody, let now = after.standing.custody else { return }
        let event = NewEvent(
            id: .ordered(at: at), at: at, actor: viewer.map { .staff($0.staff) } ?? .reporter, act: rule.name,
            from: open.stored.standing.stage, to: after.standing.stage, codes: codes)
        try event.insert(tx, report: report, sequence: sequence, custody: custody, rules: rules)
        if now.index != custody.index {
            try now.insert(tx, report: report)
        } else if now != custody {
            try tx.run(
                """
                UPDATE custody SET intake_office_id = \(now.intakeOffice), office_id = \(now.office), number = \(now.number), audience = \(now.audience.rawValue)
                WHERE report_id = \(report) AND idx = \(now.index)
                """)
        }
        if after.standing.watchers != open.stored.standing.watchers {
            try tx.run("DELETE FROM watch WHERE report_id = \(report)")
            for (office, why) in after.standing.watchers {
                try tx.run("INSERT INTO watch (report_id, office_id, why) VALUES (\(report), \(office), \(why))")
            }
        }
        if after.standing.handlers != open.stored.standing.handlers {
            try tx.run("DELETE FROM allocation WHERE report_id = \(report)")
            for person in after.standing.handlers {
                try tx.run("INSERT INTO allocation (report_id, staff_id) VALUES (\(report), \(person))")
            }
        }
        // Somebody may have been barred since, who would be given what is sealed anew.
        let barred = try tx.rows("SELECT staff_id FROM bar WHERE report_id = \(report)")
            .map { try $0.get("staff_id", as: StaffID.self) }
        guard Set(barred) == open.stored.standing.barred else { throw StalePicture() }
        for (person, reason) in bars where !open.stored.standing.barred.contains(person) {
            try NewBar(report: report, person: person, reason: reason).insert(tx)
        }
        for key in newKeys { try key.insert(tx, report: report) }
        for organ in dropLetterWrapsOf { try dropWraps(tx, of: organ) }
        for drop in dropWraps {
            try tx.run("DELETE FROM key_wrap WHERE key_id = \(drop.key) AND recipient = \(drop.recipient)")
        }
        for wrap in wraps { try wrap.insert(tx) }
        for text in texts { try text.insert(tx, report: report, at: at) }
        try LogLeaf.append(
            LogEvent(event, report: report, sequence: sequence, custody: custody, rules: rules, texts: texts),
            of: event, tx)
        if texts.contains(where: { $0.field == "letter" }) { try SearchEntry.forget(report, tx) }
        for file in files { try file.insert(tx, report: report) }
        if let marks { try MarkIndex.renew(report, marks, tx) }
        try writeOpenings(tx)
        try writeHanded(tx)
        try export?.insert(tx, of: report)
        if let identityMarks, let organ = after.standing.identityOrgan {
            try tx.run("DELETE FROM identity_mark WHERE report_id = \(report)")
            try identityMarks.insert(tx, report: report, organ: organ)
        }
        try writeBirths(tx)
        try writeTombstone(tx)
        try writePurge(tx)
    }

    /// Sending up and handing over take the letter out of the sender's hands.
    private func dropWraps(_ tx: any Transaction, of organ: OrganID) throws {
        let world = open.picture.world
        let recipients =
            world.offices(of: organ).map { Recipient.office($0.id).description }
            + world.staff.values.filter { $0.organ == organ }.map { Recipient.staff($0.id).description }
        try tx.run(
            """
            DELETE FROM key_wrap WHERE recipient IN \(list: recipients) AND key_id IN
              (SELECT id FROM sealing_key WHERE report_id = \(report) AND kind IN ('letter', 'shared'))
            """)
    }
}
