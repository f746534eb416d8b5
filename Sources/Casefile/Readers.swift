package import Casework
import Database
package import Kernel

/// Somebody for whom a report exists: why, and what of it opens for them.
package struct Reader: Sendable {
    /// One ground with the time since which it holds, as far as the story tells.
    package struct Because: Sendable {
        package var ground: Ground
        package var since: Instant?
    }

    /// What stands open of the reporter's identity.
    package enum Identity: Sendable, Hashable {
        case closed
        /// Masked, as custodians see it.
        case masked
        case open(until: Instant)
    }

    package var staff: StaffID
    package var because: [Because]
    /// What the reporter sent, with the conversation.
    package var letter: Bool
    /// Opinions and results of the organ that holds the report.
    package var papers: Bool
    /// Files whose key is in this person's hands.
    package var files: Int
    package var identity: Identity
}

/// Who reads a report, worked out from the same rules and keys by which it is opened, and without opening anything.
struct Readers {
    private struct Wrap {
        var key: String
        var kind: String
        var custody: Int
        var recipient: String
        var generation: Int
    }

    private let stored: StoredReport
    private let world: World
    private let workflow: Workflow
    private let wraps: [Wrap]
    private let files: [String]
    private var grants: Set<Grant> = []
    private var openings: [StaffID: (until: Instant, isHanded: Bool)] = [:]

    private struct Grant: Hashable {
        var staff: StaffID
        var recipient: String
        var generation: Int
    }

    init(_ stored: StoredReport, _ picture: Picture, workflow: Workflow, at now: Instant, _ tx: any Transaction) throws
    {
        self.stored = stored
        world = picture.world
        self.workflow = workflow
        wraps = try tx.rows(
            """
            SELECT k.id, k.kind, k.custody, w.recipient, w.generation FROM sealing_key k
            JOIN key_wrap w ON w.key_id = k.id WHERE k.report_id = \(stored.id)
            """
        ).map { row in
            Wrap(
                key: try row.get("id"), kind: try row.get("kind"), custody: try row.get("custody"),
                recipient: try row.get("recipient"), generation: try row.get("generation"))
        }
        files = try tx.rows("SELECT key_id FROM file WHERE report_id = \(stored.id)").map { try $0.get("key_id") }
        let offices = Set(wraps.map(\.recipient)).compactMap { text -> OfficeID? in
            guard case .office(let office) = Recipient(text) else { return nil }
            return office
        }
        for row in try tx.rows(
            "SELECT office_id, generation, staff_id FROM office_grant WHERE office_id IN \(list: offices)")
        {
            let office: OfficeID = try row.get("office_id")
            grants.insert(
                Grant(
                    staff: try row.get("staff_id"), recipient: Recipient.office(office).description,
                    generation: try row.get("generation")))
        }
        guard stored.standing.hasReporter else { return }
        // As at the door, the longest counts: it comes last.
        for row in try tx.rows(
            """
            SELECT reader_id, until, wrap FROM identity_opening
            WHERE report_id = \(stored.id) AND ended_at IS NULL AND until > \(now)
              AND (wrap IS NOT NULL OR reader_id = asked_by) ORDER BY until, seq
            """)
        {
            let wrap: [UInt8]? = try row.maybe("wrap")
            openings[try row.get("reader_id")] = (try row.get("until"), wrap != nil)
        }
    }

    /// Everybody for whom the report exists, by name of account.
    var all: [Reader] {
        world.staff.values.sorted { $0.username < $1.username }.compactMap { reader($0.id) }
    }

    /// `nil` for whom the report does not exist.
    func reader(_ person: StaffID) -> Reader? {
        let standing = stored.standing
        let grounds = Reach.grounds(of: person, on: standing, world: world, workflow: workflow)
        let reach = Reach.of(person, on: standing, world: world, workflow: workflow)
        guard !reach.isNone else { return nil }
        let own = Recipient.staff(person).description
        let held = wraps.filter { wrap in
            reach.mayHold(wrap.kind)
                && (wrap.recipient == own
                    || grants.contains(Grant(staff: person, recipient: wrap.recipient, generation: wrap.generation)))
        }
        let keys = Set(held.map(\.key))
        let isKept = held.contains { $0.kind == "identity" }
        let identity: Reader.Identity =
            if let opening = openings[person], opening.isHanded ? reach.papers : isKept {
                .open(until: opening.until)
            } else {
                isKept ? .masked : .closed
            }
        return Reader(
            staff: person, because: grounds.map { .init(ground: $0, since: standing.since($0, of: person)) },
            letter: held.contains { $0.kind == "letter" },
            papers: held.contains { $0.kind == "case" && $0.custody == standing.custody?.index },
            files: reach.letter ? files.count(where: keys.contains) : 0, identity: identity)
    }
}
