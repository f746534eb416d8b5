import Casework
import Database
import Kernel
import Sealing

/// A report sealed and ready to be written in one transaction; made outside of it, so that the writer never waits
/// for cryptography.
struct NewReport: Sendable {
    let id: ReportID
    let organ: OrganID
    let office: OfficeID
    let audience: Audience
    let reasons: [Reason]
    let barred: [StaffID: BarReason]
    let channel: Channel
    let county: RegionCode?
    let management: ManagementLevel
    let marks: [String]
    let hasReporter: Bool
    let at: Instant
    let receipt: Receipt
    /// `nil` where nobody holds a receipt: a part that was split off has no reporter to answer.
    let lookup: [UInt8]?
    let receiptKey: PublicKey?
    let newKeys: [NewKey]
    let wraps: [NewWrap]
    let texts: [NewText]
    let files: [NewFile]
    let author: String
    let sent: String
    /// By what custodians may find the reporter.
    let identityMarks: Set<[UInt8]>
    /// By what letters that say the same are found; `nil` for one without a word.
    let fingerprint: [UInt8]?

    init(
        _ filing: Filing, organ: OrganID, audience: Audience, reasons: [Reason], barred: [StaffID: BarReason],
        picture: Picture, at: Instant, keys: KeysFolder, hasReceipt: Bool = true
    ) throws {
        guard
            let office = picture.world.office(audience == .internal ? .internal : .letters, of: organ)
        else { throw CasefileError.nobodyHome(organ: organ.description) }
        let id = ReportID.random()
        let letter = filing.letter
        let letterKey = HeldKey.fresh()
        let receipt = filing.receipt ?? Receipt.generate()
        let holder = ReceiptHolder(receipt, pepper: keys.pepper)
        var wraps = picture.wraps(
            of: letterKey, to: office.id, audience: audience, barred: Set(barred.keys))
        guard !wraps.isEmpty else { throw CasefileError.nobodyHome(organ: organ.description) }
        if hasReceipt { wraps.append(try letterKey.wrapped(to: holder.privateKey.publicKey, recipient: .receipt)) }
        var newKeys = [NewKey(key: letterKey, kind: "letter", custody: 0)]
        let author = filing.channel == .web ? "reporter" : "office"
        var texts = [
            try NewText("title", Array(letter.title.utf8), under: letterKey, report: id, sequence: 1, author: author),
            try NewText(
                "letter", Array(JSONText.encode(letter).utf8), under: letterKey, report: id, sequence: 1,
                author: author),
        ]
        if let reporter = filing.reporter, let custody = picture.world.office(.custody, of: organ) {
            let identityKey = HeldKey.fresh()
            let identityWraps = picture.wraps(
                of: identityKey, to: custody.id, audience: .letters, barred: Set(barred.keys))
            guard !identityWraps.isEmpty else { throw CasefileError.nobodyHome(organ: organ.description) }
            wraps += identityWraps
            newKeys.append(NewKey(key: identityKey, kind: "identity", custody: 0))
            texts.append(
                try NewText(
                    "reporter", Array(JSONText.encode(reporter).utf8), under: identityKey, report: id, sequence: 1,
                    author: author))
        } else if filing.reporter != nil {
            throw CasefileError.nobodyHome(organ: organ.description)
        }
        files = try filing.files.map { try NewFile($0, under: letterKey, report: id, author: author, day: at.day) }
        self.id = id
        self.organ = organ
        self.office = office.id
        self.audience = audience
        self.reasons = reasons
        self.barred = barred
        self.at = at
        self.receipt = receipt
        self.newKeys = newKeys
        self.wraps = try wraps.sealed()
        self.texts = texts
        self.author = author
        sent = SentDigest.digest(
            title: letter.title, content: letter.content, salt: SentDigest.salt(letterKey.secret))
        channel = filing.channel
        county = letter.place?.county
        management = letter.highestManagement
        let text = try LetterMarks.text(of: letter)
        marks = filing.marks + (try LetterMarks.signs(in: text))
        hasReporter = filing.reporter != nil
        identityMarks = try filing.reporter.map { try IdentityMarks(keys.index).all(of: $0, at: organ) } ?? []
        fingerprint = try LetterMarks(keys).marks(of: text)?.bytes
        lookup = hasReceipt ? holder.lookup : nil
        receiptKey = hasReceipt ? holder.privateKey.publicKey : nil
    }
}

extension Casefile {
    /// Writes a new report, its keys, texts, files, first events and projections in one transaction.
    func store(
        _ entry: NewReport, actor: NewEvent.Actor, registeredBy: StaffID?, picture: Picture, mark: [UInt8]?,
        announcement: Announcement? = nil
    ) async throws -> Filed {
        guard let organ = picture.world.organs[entry.organ] else { throw CasefileError.notFound }
        let rules =
            picture.rules.workflow(
                of: entry.organ, began: entry.at.day, today: clock.now().day, in: picture.world) ?? workflow
        let number = try await database.write(announcement) { tx -> String? in
            let version: Int64? = try tx.scalar("SELECT version FROM world_version WHERE id = 1")
            guard version == picture.world.version else { throw StalePicture() }
            if let mark {
                try tx.run("INSERT INTO imported (organ_id, mark) VALUES (\(entry.organ), \(mark))")
            }
            return try entry.insert(tx, actor: actor, registeredBy: registeredBy, picture: picture, workflow: rules)
        }
        return Filed(id: entry.id, number: number, receipt: entry.receipt, organ: organ, filedAt: entry.at)
    }
}

extension NewReport {
    /// Writes everything of the report; the number, if it is registered at once. Whoever calls it has checked, in the
    /// same transaction, that the picture is still the present one.
    @discardableResult
    func insert(
        _ tx: any Transaction, actor: NewEvent.Actor, registeredBy: StaffID?, picture: Picture, workflow: Workflow
    ) throws -> String? {
        var custody = Custody(
            index: 0, organ: organ, intakeOffice: office, office: office, audience: audience, via: nil, since: at,
            number: nil)
        let order = try OrganCounter.next(tx, organ: organ, kind: "intake", year: 0)
        var events = [
            NewEvent(
                id: .ordered(at: at), at: at, actor: actor, act: "file", from: "", to: "received",
                codes: [
                    "channel": channel.rawValue, "audience": audience.rawValue,
                    "reasons": reasons.map(\.rawValue).joined(separator: " "), SentDigest.code: sent,
                ])
        ]
        if let staff = registeredBy, let holder = picture.world.organs[organ] {
            let drawn = try OrganCounter.next(tx, organ: organ, kind: "number", year: at.day.year)
            custody.number = holder.displayNumber(year: at.day.year, drawn)
            events.append(
                NewEvent(
                    id: .ordered(at: at), at: at, actor: .staff(staff), act: "register", from: "received",
                    to: "registered", codes: [:]))
        }
        let done = events.enumerated().map { $1.done($0 + 1) }
        let standing = Standing(
            stage: events.last?.to ?? "received", sequence: events.count, custodies: [custody], handlers: [],
            barred: Set(barred.keys), proposer: nil, proposal: nil, disposal: nil,
            realName: hasReporter ? "unverified" : "anonymous", hasReporter: hasReporter, done: done)
        let projections = Projections(workflow: workflow, calendar: picture.calendar, world: picture.world)
        let report = StoredReport(
            id: id, standing: standing, channel: channel, county: county, management: management, category: nil,
            problem: nil, marks: marks, receivedAt: at, intakeOrder: order,
            dueDay: try projections.nextDue(standing), receiptKey: receiptKey, rated: false)
        // Without marks too, for a letter of no word that tells anything: it is none of those of before there were marks.
        let markNumber = try MarkIndex.draw(tx)
        try report.insert(tx, rules: workflow.version, lookup: lookup, markNumber: markNumber)
        if let fingerprint {
            try tx.run("INSERT INTO mark_waiting (no, marks) VALUES (\(markNumber), \(fingerprint))")
        }
        for (person, reason) in barred {
            try tx.run(
                "INSERT INTO bar (report_id, staff_id, reason) VALUES (\(id), \(person), \(reason.rawValue))")
        }
        for (index, event) in events.enumerated() {
            try event.insert(tx, report: id, sequence: index + 1, custody: custody, rules: workflow.version)
        }
        for key in newKeys { try key.insert(tx, report: id) }
        for wrap in wraps { try wrap.insertFresh(tx) }
        for text in texts { try text.insert(tx, report: id, at: at) }
        for (index, event) in events.enumerated() {
            let entered = LogEvent(
                event, report: id, sequence: index + 1, custody: custody, rules: workflow.version, texts: texts)
            try LogLeaf.append(entered, of: event, tx)
        }
        try identityMarks.insert(tx, report: id, organ: organ)
        for file in files { try file.insert(tx, report: id) }
        if !files.isEmpty { try Casefile.settleScanLooks(tx, of: id) }
        try projections.writeWaiting(tx, report: report, fresh: true)
        return custody.number
    }
}

extension StoredReport {
    func insert(_ tx: any Transaction, rules: String, lookup: [UInt8]?, markNumber: Int) throws {
        guard let custody = standing.custody else { return }
        try tx.run(
            """
            INSERT INTO report (id, stage, sequence, custody, organ_id, office_id, channel, county, management,
              category, problem, marks, real_name, has_reporter, identity_at, proposer, proposal, disposal, team, deciding, repeat_of, rules, received_at,
              intake_order, due_day, receipt_lookup, receipt_key, rated, mark_no)
            VALUES (\(id), \(standing.stage), \(standing.sequence), \(custody.index), \(custody.organ),
              \(custody.office), \(channel.rawValue), \(county), \(management.rawValue), \(category), \(problem),
              \(JSONText.encode(marks)), \(standing.realName), \(standing.hasReporter),
              \(standing.identityAt), \(standing.proposer),
              \(standing.proposal.map { JSONText.encode($0) }), \(standing.disposal),
              \(JSONText.encode(standing.teamList)), \(standing.deciding), \(repeatOf), \(rules), \(receivedAt),
              \(intakeOrder), \(dueDay), \(lookup), \(receiptKey?.bytes), \(rated), \(markNumber))
            """)
        try custody.insert(tx, report: id)
    }

    /// Writes what changed; `false` when somebody was faster.
    func update(_ tx: any Transaction, expecting sequence: Int) throws -> Bool {
        guard let custody = standing.custody else { return false }
        let changed = try tx.changes(
            """
            UPDATE report SET stage = \(standing.stage), sequence = \(standing.sequence),
              custody = \(custody.index), organ_id = \(custody.organ), office_id = \(custody.office),
              county = \(county), management = \(management.rawValue), category = \(category), problem = \(problem),
              marks = \(JSONText.encode(marks)), real_name = \(standing.realName), identity_at = \(standing.identityAt),
              proposer = \(standing.proposer), proposal = \(standing.proposal.map { JSONText.encode($0) }),
              disposal = \(standing.disposal), team = \(JSONText.encode(standing.teamList)), deciding = \(standing.deciding), repeat_of = \(repeatOf),
              due_day = \(dueDay), rated = \(rated)
            WHERE id = \(id) AND sequence = \(sequence)
            """)
        return changed == 1
    }
}

extension Custody {
    func insert(_ tx: any Transaction, report: ReportID) throws {
        try tx.run(
            """
            INSERT INTO custody (report_id, idx, organ_id, intake_office_id, office_id, audience, via, since, number)
            VALUES (\(report), \(index), \(organ), \(intakeOffice), \(office), \(audience.rawValue), \(via),
              \(since), \(number))
            """)
    }
}

extension NewWrap {
    /// For a key that was made in the same transaction: there can be no older wrap.
    func insertFresh(_ tx: any Transaction) throws {
        guard !wrap.isEmpty else { throw CasefileError.keyMissing }
        try tx.run(
            """
            INSERT INTO key_wrap (key_id, recipient, generation, wrap)
            VALUES (\(keyID), \(recipient.description), \(generation), \(wrap))
            """)
    }
}

extension Organ {
    /// The number staff read: the organ's code without trailing zeros, the year, and a sequence (at most 26 characters).
    func displayNumber(year: Int, _ sequence: Int64) -> String {
        var short = code
        while short.count > 6, short.hasSuffix("0") { short.removeLast() }
        let digits = String(sequence)
        return "\(short.suffix(12))-\(year)-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
