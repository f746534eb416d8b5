import Casework
import Crypto
import Database
import Kernel
import Sealing

enum LogLeafTag {}
typealias LogLeafID = Identifier<LogLeafTag>

/// What is logged: one leaf for each row of these tables. Only columns that never change are told, and of words and
/// ciphertexts only digests.
package enum LogSubject: String, Sendable, CaseIterable {
    /// Filing, every act, every look at an identity.
    case event
    /// Keys made, handed on, rotated, withdrawn.
    case key = "key_event"
    /// Every look at evidence.
    case evidence = "evidence_view"
    /// An auditor's look at a report.
    case audit = "audit_look"
    case search = "search_event"
    case identitySearch = "identity_search"
    case calendar = "calendar_import"
    case rules = "rule_change"
    case export
    case download = "export_download"
    /// Every opening of a report by staff.
    case read = "report_read"
    /// Every look at a list with titles.
    case list = "list_look"
    /// That two reports are not the same matter, or may be after all.
    case same = "same_decision"
    /// That an organ was told that another has a report about what may be the same matter.
    case hint = "related_hint"

    /// Columns told as they are: codes, times, numbers.
    var told: [String] {
        switch self {
        case .event: ["seq", "at", "actor", "organ_id", "custody", "act", "from_stage", "to_stage", "codes", "rules"]
        case .key: ["at", "act", "generation"]
        case .evidence: ["kind", "mark", "at", "organ_id"]
        case .audit: ["organ_id", "at"]
        case .search: ["organ_id", "at", "kind"]
        case .identitySearch: ["at", "kind", "hits"]
        case .calendar: ["at", "added", "removed", "changed", "moved"]
        case .rules: ["organ_id", "uploaded_at"]
        case .export: ["kind", "way", "number", "organ_id", "row_count", "at"]
        case .download: ["at"]
        case .read: ["kind", "organ_id", "at"]
        case .list: ["organ_id", "list", "at"]
        case .same: ["organ_id", "turn", "at", "decision"]
        case .hint: ["organ_id", "at"]
        }
    }

    /// Columns that name a person, an office or a report: told under a name that holds in this entry alone, so that whoever
    /// is handed an opened entry learns nobody's name, and two entries do not tell that they speak of the same.
    var named: [String] {
        switch self {
        case .event: ["report_id", "staff_id"]
        case .key: ["office_id", "staff_id", "by_id"]
        case .evidence: ["report_id", "file_id", "staff_id"]
        case .audit, .read: ["report_id", "staff_id"]
        case .search, .list: ["staff_id"]
        case .identitySearch: ["staff_id", "office_id"]
        case .calendar: ["staff_id"]
        case .rules: ["uploaded_by"]
        case .export: ["staff_id", "report_id"]
        case .download: ["export_id"]
        case .same: ["one_id", "other_id", "staff_id"]
        case .hint: ["report_id", "about_id", "staff_id"]
        }
    }

    /// Columns of words or sealed bytes: their SHA-256 is told.
    var digested: [String] {
        switch self {
        case .event, .evidence, .audit, .download, .read, .list, .same, .hint: []
        case .key: ["detail"]
        case .search: ["words"]
        case .identitySearch: ["ground"]
        case .calendar: ["source", "years", "notice"]
        case .rules: ["name", "body"]
        case .export: ["ground"]
        }
    }
}

/// An event as the log has it.
struct LogEvent: Sendable {
    let json: CanonicalJSON

    /// Reads the row that a leaf is of; `nil` where it is not there.
    init?(_ subject: LogSubject, _ ref: String, _ tx: any Transaction) throws {
        let names = subject.told + subject.named + subject.digested
        let columns = names.joined(separator: ", ")
        guard let row = try tx.first("SELECT \(raw: columns) FROM \(raw: subject.rawValue) WHERE id = \(ref)") else {
            return nil
        }
        var fields: [String: CanonicalJSON] = ["id": .text(ref), "subject": .text(subject.rawValue)]
        for (name, value) in zip(names, row.values) {
            fields[name] =
                subject.digested.contains(name)
                ? Self.digest(of: value)
                : subject.named.contains(name) ? Self.named(value, in: ref) : Self.told(value)
        }
        if subject == .event {
            let codes: [String: String] = JSONText.decode(try row.get("codes", as: String.self)) ?? [:]
            fields["codes"] = .object(codes.mapValues { .text($0) })
            fields["sealed"] = try Self.sealed(ref, tx)
        }
        json = .object(fields)
    }

    /// An event that is being written, as its row will be read.
    init(
        _ event: NewEvent, report: ReportID, sequence: Int, custody: Custody, rules: String, texts: [NewText]
    ) {
        let ref = event.id.description
        let (actor, staff) = event.actorColumns
        var sealed: [String: CanonicalJSON] = [:]
        for text in texts where text.sequence == sequence { sealed[text.field] = .text(Self.hash(text.envelope)) }
        json = .object([
            "id": .text(ref), "subject": .text(LogSubject.event.rawValue), "seq": .number(Int64(sequence)),
            "at": .number(event.at.milliseconds), "actor": .text(actor), "organ_id": .text(custody.organ.description),
            "custody": .number(Int64(custody.index)), "act": .text(event.act), "from_stage": .text(event.from),
            "to_stage": .text(event.to), "codes": .object(event.codes.mapValues { .text($0) }), "rules": .text(rules),
            "report_id": Self.named(.text(report.description), in: ref),
            "staff_id": staff.map { Self.named(.text($0.description), in: ref) } ?? .null,
            "sealed": .object(sealed),
        ])
    }

    /// What was sealed beside the event: field and digest of the envelope.
    private static func sealed(_ event: String, _ tx: any Transaction) throws -> CanonicalJSON {
        let rows = try tx.rows(
            """
            SELECT s.field, s.envelope FROM sealed s JOIN event e ON e.report_id = s.report_id AND e.seq = s.seq
            WHERE e.id = \(event)
            """)
        var digests: [String: CanonicalJSON] = [:]
        for row in rows {
            digests[try row.get("field")] = .text(hash(try row.get("envelope", as: [UInt8].self)))
        }
        return .object(digests)
    }

    /// Ids are random, so nobody finds them by trying.
    private static func named(_ value: Value, in ref: String) -> CanonicalJSON {
        guard case .text(let id) = value else { return told(value) }
        return .text(hash(Array("\(ref) \(id)".utf8)))
    }

    private static func told(_ value: Value) -> CanonicalJSON {
        switch value {
        case .null: .null
        case .integer(let number): .number(number)
        case .real(let number): .text(String(number))
        case .text(let text): .text(text)
        case .bytes(let bytes): .text(Hex.encode(bytes))
        }
    }

    private static func digest(of value: Value) -> CanonicalJSON {
        switch value {
        case .text(let text): .text(hash(Array(text.utf8)))
        case .bytes(let bytes): .text(hash(bytes))
        case .null, .integer, .real: told(value)
        }
    }

    private static func hash(_ bytes: [UInt8]) -> String { Hex.encode(SHA256.hash(data: bytes)) }
}

/// A leaf: 32 bytes that open to nothing without the salt, and prove the event with it.
struct LogLeaf: Sendable {
    /// HMAC-SHA256 under the salt (contract: an entry is the event as RFC 8785 JSON under a fresh random salt).
    static func entry(_ event: LogEvent, salt: SecretKey) -> [UInt8] {
        KeyedHash.hmac(key: salt, message: event.json.bytes)
    }

    /// Writes the leaf of a row that this transaction has written. Leaves get their places in the order of these rows' ids,
    /// which tell of what the public does the hour alone.
    static func append(_ subject: LogSubject, _ ref: String, _ tx: any Transaction) throws {
        guard let event = try LogEvent(subject, ref, tx) else {
            throw DatabaseError.decoding(column: "ref", "a leaf without its \(subject.rawValue)")
        }
        try insert(event, subject, ref, tx)
    }

    /// Writes the leaf of an event that this transaction writes.
    static func append(_ entered: LogEvent, of event: NewEvent, _ tx: any Transaction) throws {
        try insert(entered, .event, event.id.description, tx)
    }

    private static func insert(
        _ event: LogEvent, _ subject: LogSubject, _ ref: String, _ tx: any Transaction
    ) throws {
        let salt = SecretKey.random()
        try tx.run(
            """
            INSERT INTO log_leaf (ref, subject, salt, entry)
            VALUES (\(ref), \(subject.rawValue), \(salt.bytes), \(entry(event, salt: salt)))
            """)
    }

    /// Where a report is lawfully destroyed the salts go with it: its leaves stay, and nothing opens them any more. The row of
    /// a look that is deleted leaves its leaf to the report.
    static func forget(report: ReportID, _ tx: any Transaction) throws {
        try tx.run(
            """
            UPDATE log_leaf SET salt = NULL WHERE subject = 'event'
              AND ref IN (SELECT id FROM event WHERE report_id = \(report))
            """)
        let rows: [(LogSubject, SQL)] = [
            (.evidence, "report_id = \(report)"), (.read, "report_id = \(report)"),
            (.same, "one_id = \(report) OR other_id = \(report)"),
            (.hint, "report_id = \(report) OR about_id = \(report)"),
        ]
        for (subject, isOfReport) in rows {
            try tx.run(
                """
                UPDATE log_leaf SET salt = NULL, subject = \(destroyed), ref = ref || \(" \(report)")
                WHERE subject = \(subject.rawValue)
                  AND ref IN (SELECT id FROM \(raw: subject.rawValue) WHERE \(isOfReport))
                """)
        }
    }

    /// The subject of a leaf whose row went with its report; the report stands behind the row's own id.
    static let destroyed = "destroyed"
    /// The subject of a leaf of nothing.
    static let cover = "cover"

    /// A leaf of nothing, which nobody can tell from the others, with its place. Answers its entry.
    static func appendCover(at: Instant, place: Int64, _ tx: any Transaction) throws -> [UInt8] {
        let entry = SecretKey.random().bytes
        try tx.run(
            """
            INSERT INTO log_leaf (ref, subject, entry, idx)
            VALUES (\(LogLeafID.ordered(at: at)), \(cover), \(entry), \(place))
            """)
        return entry
    }
}
