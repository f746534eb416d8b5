import Casework
import Database
import Kernel
import Sealing

/// The open columns of a report and the facts that the rules look at.
struct StoredReport: Sendable {
    var id: ReportID
    var standing: Standing
    var channel: Channel
    var county: RegionCode?
    var management: ManagementLevel
    var category: String?
    var problem: String?
    var marks: [String]
    var receivedAt: Instant
    var intakeOrder: Int64
    var dueDay: Day?
    var receiptKey: PublicKey?
    var rated: Bool
    /// The first report that this one repeats.
    var repeatOf: ReportID?

    static func load(_ tx: any Transaction, _ id: ReportID) throws -> StoredReport? {
        try tx.first("SELECT * FROM report WHERE id = \(id)").map { try load(tx, row: $0) }
    }

    static func load(_ tx: any Transaction, row: Row) throws -> StoredReport {
        let id: ReportID = try row.get("id")
        let custodies = try tx.rows("SELECT * FROM custody WHERE report_id = \(id) ORDER BY idx").map { row in
            Custody(
                index: try row.get("idx"), organ: try row.get("organ_id"),
                intakeOffice: try row.get("intake_office_id"), office: try row.get("office_id"),
                audience: Audience(rawValue: try row.get("audience")) ?? .director, via: try row.maybe("via"),
                since: try row.get("since"), number: try row.maybe("number"))
        }
        let handlers = try tx.rows("SELECT staff_id FROM allocation WHERE report_id = \(id)")
            .map { try $0.get("staff_id", as: StaffID.self) }
        let barred = try tx.rows("SELECT staff_id FROM bar WHERE report_id = \(id)")
            .map { try $0.get("staff_id", as: StaffID.self) }
        let done = try tx.rows(
            "SELECT act, from_stage, staff_id, custody, at, seq, codes FROM event WHERE report_id = \(id) ORDER BY seq"
        ).map { row in
            DoneAct(
                act: try row.get("act"), from: try row.get("from_stage"), staff: try row.maybe("staff_id"),
                custody: try row.get("custody"), at: try row.get("at"), sequence: try row.get("seq"),
                codes: JSONText.decode(try row.get("codes")) ?? [:])
        }
        let watchers = try tx.rows("SELECT office_id, why FROM watch WHERE report_id = \(id)").map { row in
            (try row.get("office_id", as: OfficeID.self), try row.get("why", as: String.self))
        }
        let category: String? = try row.maybe("category")
        let repeatOf: ReportID? = try row.maybe("repeat_of")
        let proposal: String? = try row.maybe("proposal")
        let receiptKey: [UInt8]? = try row.maybe("receipt_key")
        return StoredReport(
            id: id,
            standing: Standing(
                stage: try row.get("stage"), sequence: try row.get("sequence"), custodies: custodies,
                handlers: Set(handlers), barred: Set(barred), proposer: try row.maybe("proposer"),
                proposal: proposal.flatMap { JSONText.decode($0) }, disposal: try row.maybe("disposal"),
                realName: try row.get("real_name"), hasReporter: try row.get("has_reporter"),
                identityAt: try row.get("identity_at"), done: done, category: category,
                team: Set(JSONText.strings(try row.get("team")).compactMap { StaffID($0) }), isRepeat: repeatOf != nil,
                watchers: Dictionary(watchers, uniquingKeysWith: { first, _ in first }),
                deciding: try row.maybe("deciding")),
            channel: Channel(rawValue: try row.get("channel")) ?? .other, county: try row.maybe("county"),
            management: ManagementLevel(rawValue: try row.get("management")) ?? .unknown,
            category: category, problem: try row.maybe("problem"),
            marks: JSONText.strings(try row.get("marks")), receivedAt: try row.get("received_at"),
            intakeOrder: try row.get("intake_order"), dueDay: try row.maybe("due_day"),
            receiptKey: receiptKey.flatMap { PublicKey(bytes: $0) }, rated: try row.get("rated"), repeatOf: repeatOf)
    }
}

extension Standing {
    /// The verification team as it is stored: ids in order.
    var teamList: [String] { team.map(\.description).sorted() }
}

/// One act as it is written down.
struct NewEvent: Sendable {
    enum Actor: Sendable {
        case staff(StaffID)
        case reporter
        case imported(by: StaffID?)
    }
    var id: EventID
    var at: Instant
    var actor: Actor
    var act: String
    var from: String
    var to: String
    /// Codes, ids, days and numbers only; never words.
    var codes: [String: String]

    /// As two columns have it.
    var actorColumns: (name: String, staff: StaffID?) {
        switch actor {
        case .staff(let id): ("staff", id)
        case .reporter: ("reporter", nil)
        case .imported(let id): ("import", id)
        }
    }

    func insert(_ tx: any Transaction, report: ReportID, sequence: Int, custody: Custody, rules: String) throws {
        let (name, staff) = actorColumns
        try tx.run(
            """
            INSERT INTO event (id, report_id, seq, at, actor, staff_id, organ_id, custody, act, from_stage, to_stage,
              codes, rules)
            VALUES (\(id), \(report), \(sequence), \(at), \(name), \(staff), \(custody.organ), \(custody.index),
              \(act), \(from), \(to), \(JSONText.encode(codes)), \(rules))
            """)
    }

    func done(_ sequence: Int) -> DoneAct {
        let staff: StaffID? =
            switch actor {
            case .staff(let id): id
            case .imported(let id): id
            case .reporter: nil
            }
        return DoneAct(act: act, from: from, staff: staff, custody: 0, at: at, sequence: sequence, codes: codes)
    }
}

/// One text as it is sealed and stored.
struct NewText: Sendable {
    var field: String
    var keyID: SealingKeyID
    var author: String
    var envelope: [UInt8]
    /// The place of the text in the report's story; bound into the envelope.
    var sequence: Int

    init(
        _ field: String, _ text: [UInt8], under key: HeldKey, report: ReportID, sequence: Int, author: String
    ) throws {
        self.field = field
        self.sequence = sequence
        self.author = author
        keyID = key.id
        envelope = try Envelope.seal(
            text, under: key.secret, keyID: key.id, binding: .text(report, field, sequence))
    }

    func insert(_ tx: any Transaction, report: ReportID, at: Instant) throws {
        try tx.run(
            """
            INSERT INTO sealed (id, report_id, seq, field, key_id, author, at, envelope)
            VALUES (\(Identifier<SealedTag>.ordered(at: at)), \(report), \(sequence), \(field), \(keyID), \(author),
              \(at), \(envelope))
            """)
    }
}

enum SealedTag {}

extension NewWrap {
    func insert(_ tx: any Transaction) throws {
        guard !wrap.isEmpty else { throw CasefileError.keyMissing }
        try tx.run("DELETE FROM key_wrap WHERE key_id = \(keyID) AND recipient = \(recipient.description)")
        try tx.run(
            """
            INSERT INTO key_wrap (key_id, recipient, generation, wrap)
            VALUES (\(keyID), \(recipient.description), \(generation), \(wrap))
            """)
    }
}

/// A key of a report as it is first written down.
struct NewKey: Sendable {
    var key: HeldKey
    var kind: String
    var custody: Int
    /// 0 for the first key of its use.
    var turn = 0

    func insert(_ tx: any Transaction, report: ReportID) throws {
        try tx.run(
            """
            INSERT INTO sealing_key (id, report_id, kind, custody, why, turn)
            VALUES (\(key.id), \(report), \(kind == OpenReport.whyKind ? "shared" : kind), \(custody),
              \(kind == OpenReport.whyKind), \(turn))
            """)
    }
}
