import Casework
import Database
import Kernel
import Sealing

typealias SealingKeyID = KeyID

/// To whom a key is wrapped: an office, a person, or the receipt.
enum Recipient: Hashable, Sendable, CustomStringConvertible {
    case office(OfficeID)
    case staff(StaffID)
    case receipt

    var description: String {
        switch self {
        case .office(let id): "office:\(id)"
        case .staff(let id): "staff:\(id)"
        case .receipt: "receipt"
        }
    }

    /// As it stands in the database.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.last) {
        case ("office", let id?):
            guard let office = OfficeID(id) else { return nil }
            self = .office(office)
        case ("staff", let id?):
            guard let person = StaffID(id) else { return nil }
            self = .staff(person)
        case ("receipt", _): self = .receipt
        default: return nil
        }
    }
}

/// Who gets which key. The rules decide it act by act; it is sealed once, when all is decided, outside of the
/// transaction.
struct NewWrap: Sendable {
    let keyID: SealingKeyID
    let recipient: Recipient
    let generation: Int
    private let secret: SecretKey
    private let publicKey: PublicKey
    /// Empty until it is sealed: what is not sealed is not stored.
    private(set) var wrap: [UInt8] = []

    init(_ key: HeldKey, to publicKey: PublicKey, recipient: Recipient, generation: Int) {
        keyID = key.id
        secret = key.secret
        self.publicKey = publicKey
        self.recipient = recipient
        self.generation = generation
    }

    /// Another key to the same recipient.
    func same(of key: HeldKey) -> NewWrap {
        NewWrap(key, to: publicKey, recipient: recipient, generation: generation)
    }

    func sealed() throws -> NewWrap {
        var sealed = self
        if wrap.isEmpty { sealed.wrap = try Wrap.seal(secret.bytes, to: publicKey, binding: .reportKey(keyID)) }
        return sealed
    }
}

extension [NewWrap] {
    /// Each recipient's wrap of each key once.
    func sealed() throws -> [NewWrap] {
        var seen: Set<OpenReport.Holder> = []
        return try filter { seen.insert(.init(key: $0.keyID, recipient: $0.recipient.description)).inserted }
            .map { try $0.sealed() }
    }
}

/// A key of a report, in hand.
struct HeldKey: Sendable {
    var id: SealingKeyID
    var secret: SecretKey
}

/// Opens what was wrapped to a person or to the offices that let the person in. Lives for one request.
struct KeyRing: Sendable {
    let staff: StaffID
    private let personal: PrivateKey
    private let grants: [OfficeID: [Int: [UInt8]]]
    private var offices: [OfficeGeneration: PrivateKey] = [:]

    private struct OfficeGeneration: Hashable {
        var office: OfficeID
        var generation: Int
    }

    static func load(_ tx: any Transaction, for viewer: Viewer) throws -> KeyRing {
        var grants: [OfficeID: [Int: [UInt8]]] = [:]
        for row in try tx.rows(
            "SELECT office_id, generation, wrap FROM office_grant WHERE staff_id = \(viewer.staff)")
        {
            let office: OfficeID = try row.get("office_id")
            grants[office, default: [:]][try row.get("generation")] = try row.get("wrap")
        }
        return KeyRing(staff: viewer.staff, personal: viewer.privateKey, grants: grants)
    }

    private init(staff: StaffID, personal: PrivateKey, grants: [OfficeID: [Int: [UInt8]]]) {
        self.staff = staff
        self.personal = personal
        self.grants = grants
    }

    /// The recipients whose wraps this person can open.
    var recipients: [String] {
        [Recipient.staff(staff).description] + grants.keys.map { Recipient.office($0).description }
    }

    /// The same with the generations of the offices' keys.
    var places: [(recipient: String, generation: Int)] {
        [(Recipient.staff(staff).description, 0)]
            + grants.flatMap { office, keys in keys.keys.map { (Recipient.office(office).description, $0) } }
    }

    mutating func officeKey(_ office: OfficeID, generation: Int) throws -> PrivateKey {
        let place = OfficeGeneration(office: office, generation: generation)
        if let known = offices[place] { return known }
        guard let wrap = grants[office]?[generation] else { throw CasefileError.keyMissing }
        let key = try PrivateKey(bytes: Wrap.open(wrap, with: personal, binding: .officeKey(office, generation)))
        offices[place] = key
        return key
    }

    /// Opens one stored wrap of a report key.
    mutating func open(
        _ wrap: [UInt8], recipient: String, generation: Int, keyID: SealingKeyID
    ) throws -> HeldKey {
        try HeldKey.opening(wrap, with: try privateKey(of: recipient, generation: generation), id: keyID)
    }

    /// The private key of a recipient that this person is, or is let in to.
    mutating func privateKey(of recipient: String, generation: Int) throws -> PrivateKey {
        if recipient == Recipient.staff(staff).description { return personal }
        guard case .office(let office) = Recipient(recipient) else { throw CasefileError.keyMissing }
        return try officeKey(office, generation: generation)
    }
}

extension HeldKey {
    static func opening(_ wrap: [UInt8], with key: PrivateKey, id: SealingKeyID) throws -> HeldKey {
        guard let secret = SecretKey(bytes: try Wrap.open(wrap, with: key, binding: .reportKey(id))) else {
            throw CasefileError.keyMissing
        }
        return HeldKey(id: id, secret: secret)
    }

    static func fresh() -> HeldKey { HeldKey(id: .random(), secret: .random()) }

    func wrapped(to publicKey: PublicKey, recipient: Recipient, generation: Int = 0) throws -> NewWrap {
        try NewWrap(self, to: publicKey, recipient: recipient, generation: generation).sealed()
    }
}

extension Binding {
    static func officeKey(_ office: OfficeID, _ generation: Int) -> Binding {
        Binding(report: office.description, field: "\(generation)", purpose: "office key")
    }

    static func reportKey(_ id: SealingKeyID) -> Binding {
        Binding(report: id.description, field: "", purpose: "report key")
    }

    static func text(_ report: ReportID, _ field: String, _ sequence: Int) -> Binding {
        Binding(report: report.description, field: field, purpose: "text \(sequence)")
    }
}

extension Picture {
    /// To whom a key goes so that an office can read, when some of its people must not: the office as a whole, or,
    /// where a member is barred or only the director may read, each remaining person.
    func recipients(
        of office: OfficeID, audience: Audience, barred: Set<StaffID>
    ) -> [(Recipient, PublicKey, Int)] {
        // Also whoever only stands in on other days holds the office's key.
        let members = world.members(of: office).filter(\.holdsKey)
        let directorOnly = audience == .director && world.offices[office]?.kind == .letters
        if !directorOnly, !members.contains(where: { barred.contains($0.staff) }) {
            guard let key = officeKeys[office], !members.isEmpty else { return [] }
            return [(.office(office), key.publicKey, key.generation)]
        }
        let people = Set(
            members.filter { !barred.contains($0.staff) && (!directorOnly || $0.role == .director) }.map(\.staff))
        return people.sorted { $0.description < $1.description }
            .compactMap { person in staffKeys[person].map { (.staff(person), $0, 0) } }
    }

    func wraps(
        of key: HeldKey, to office: OfficeID, audience: Audience, barred: Set<StaffID>
    ) -> [NewWrap] {
        recipients(of: office, audience: audience, barred: barred).map { recipient, publicKey, generation in
            NewWrap(key, to: publicKey, recipient: recipient, generation: generation)
        }
    }
}
