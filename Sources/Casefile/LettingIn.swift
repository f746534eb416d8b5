import Casework
import Database
import Kernel
import Sealing

/// What one more person is given so that they can open what an office holds; made with a holder's keys outside of the
/// transaction that writes it.
struct OfficeKeys: Sendable {
    let office: OfficeID
    let person: StaffID
    /// The world in which it was made.
    let version: Int64
    var grants: [(generation: Int, wrap: [UInt8])] = []
    var wraps: [NewWrap] = []
    var drops: [SealingKeyID] = []

    /// Writes it, unless the world or a bar has changed meanwhile.
    func insert(_ tx: any Transaction, by viewer: Viewer, at now: Instant) throws {
        try insertResealed(tx)
        guard try !tx.exists(sealedToOffice) else { throw StalePicture() }
        for grant in grants {
            try tx.run(
                """
                INSERT INTO office_grant (office_id, generation, staff_id, wrap, granted_by, granted_at)
                VALUES (\(office), \(grant.generation), \(person), \(grant.wrap), \(viewer.staff), \(now))
                ON CONFLICT (office_id, generation, staff_id) DO NOTHING
                """)
        }
        try KeyEvent(.letIn, at: now, office: office, person: person, by: viewer.staff).insert(tx)
        try Casefile.touchWorld(tx)
    }

    /// Writes what is sealed anew. An act in between may have taken the report from the office, or barred one more.
    func insertResealed(_ tx: any Transaction) throws {
        let version: Int64? = try tx.scalar("SELECT version FROM world_version WHERE id = 1")
        guard version == self.version else { throw StalePicture() }
        for key in drops {
            let recipient = Recipient.office(office).description
            let gone = try tx.changes("DELETE FROM key_wrap WHERE key_id = \(key) AND recipient = \(recipient)")
            guard gone > 0 else { throw StalePicture() }
        }
        for wrap in wraps {
            guard case .staff(let person) = wrap.recipient else { throw StalePicture() }
            let isBarred = try tx.exists(
                """
                SELECT 1 FROM bar b JOIN sealing_key k ON k.report_id = b.report_id
                WHERE k.id = \(wrap.keyID) AND b.staff_id = \(person)
                """)
            guard !isBarred else { throw StalePicture() }
            try wrap.insert(tx)
        }
    }

    /// The keys that are sealed to the office as a whole, of reports that the person must not read.
    private var sealedToOffice: SQL {
        """
        SELECT w.key_id, w.generation, w.wrap, k.report_id FROM bar b
        JOIN sealing_key k ON k.report_id = b.report_id JOIN key_wrap w ON w.key_id = k.id
        WHERE b.staff_id = \(person) AND w.recipient = \(Recipient.office(office).description)
        """
    }

    /// Reports that the person must not read leave the office's key and go to each of the others (I-1, I-7).
    /// A key that this holder cannot open, or that would be left with nobody, throws; or stays as it is, with
    /// `whatCanBe`.
    mutating func shutOut(
        _ tx: any Transaction, ring: inout KeyRing, picture: Picture, whatCanBe: Bool = false
    ) throws {
        for row in try tx.rows(sealedToOffice) {
            let report: ReportID = try row.get("report_id")
            let barred = Set(
                try tx.rows("SELECT staff_id FROM bar WHERE report_id = \(report)")
                    .map { try $0.get("staff_id", as: StaffID.self) })
            let others = Set(picture.world.members(of: office).filter(\.holdsKey).map(\.staff)).subtracting(barred)
                .sorted { $0.description < $1.description }
                .compactMap { person in picture.staffKeys[person].map { (person, $0) } }
            do {
                let key = try ring.open(
                    try row.get("wrap"), recipient: Recipient.office(office).description,
                    generation: try row.get("generation"), keyID: try row.get("key_id"))
                // What nobody else may read stays under the office's key: the escrow holders open it again.
                guard !others.isEmpty else { throw CasefileError.keyMissing }
                wraps += try others.map { try key.wrapped(to: $0.1, recipient: .staff($0.0)) }
                drops.append(key.id)
            } catch {
                guard whatCanBe else { throw error }
            }
        }
    }

    /// Where somebody of the office must not read, or only its director may, keys are wrapped to persons: what the
    /// holder has so, of reports that this office works on, the newcomer gets too, unless barred or not director.
    mutating func addPersonal(
        _ tx: any Transaction, ring: inout KeyRing, viewer: Viewer, roles: Set<Role>, publicKey: PublicKey,
        picture: Picture
    ) throws {
        let isDesk = picture.world.offices[office]?.kind == .letters
        let mine = Recipient.staff(viewer.staff).description
        let rows = try tx.rows(
            """
            SELECT w.key_id, w.generation, w.wrap, c.audience FROM key_wrap w
            JOIN sealing_key k ON k.id = w.key_id JOIN report r ON r.id = k.report_id
            JOIN custody c ON c.report_id = r.id AND c.idx = r.custody
            WHERE w.recipient = \(mine) AND k.why = 0 AND (\(try Self.reports(of: office, tx)))
              AND NOT EXISTS (SELECT 1 FROM bar b WHERE b.report_id = r.id AND b.staff_id = \(person))
            """)
        for row in rows {
            let isForDirector = try row.get("audience", as: String.self) == Audience.director.rawValue
            guard roles.contains(.director) || !isDesk || !isForDirector else { continue }
            let key = try ring.open(
                try row.get("wrap"), recipient: mine, generation: try row.get("generation"),
                keyID: try row.get("key_id"))
            wraps.append(try key.wrapped(to: publicKey, recipient: .staff(person)))
        }
    }

    /// The keys `k` of reports `r` with their present custody `c` on which an office works: identities for custodians,
    /// what the organ holds for its leaders, what the office holds or received for every other.
    static func reports(of office: OfficeID, _ tx: any Transaction) throws -> SQL {
        guard let row = try tx.first("SELECT kind, organ_id FROM office WHERE id = \(office)") else { return "1 = 0" }
        let organ: OrganID = try row.get("organ_id")
        switch OfficeKind(rawValue: try row.get("kind")) {
        case .custody:
            return
                """
                k.kind = 'identity' AND EXISTS (SELECT 1 FROM custody i
                  WHERE i.report_id = r.id AND i.idx = r.identity_at AND i.organ_id = \(organ))
                """
        case .leaders:
            return
                "k.kind <> 'identity' AND c.organ_id = \(organ) AND (k.kind = 'letter' OR k.custody = r.custody)"
        default:
            return "k.kind <> 'identity' AND (c.office_id = \(office) OR c.intake_office_id = \(office))"
        }
    }
}
