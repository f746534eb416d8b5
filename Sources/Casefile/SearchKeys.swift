import Casework
import Database
import Kernel
import Sealing

/// What searching needs of one recipient's key: derived from the private key, each for its purpose alone, so that
/// whoever does not hold that gains nothing by what is stored.
struct SearchKeys: Sendable {
    /// Seals the letter keys of this recipient's wraps a second time, forty times faster to open than HPKE.
    private let quick: SecretKey
    /// Makes the tokens of names; also needs the index key of the keys folder.
    private let token: SecretKey
    private let recipient: String
    private let generation: Int

    init(_ key: PrivateKey, recipient: String, generation: Int, index: SecretKey) throws {
        guard let secret = SecretKey(bytes: key.bytes) else { throw CasefileError.keyMissing }
        quick = secret.derived(for: "quick wraps")
        let own = Hex.encode(secret.derived(for: "search tokens").bytes)
        guard
            let token = SecretKey(
                bytes: KeyedHash.hmac(key: index.derived(for: "search tokens"), parts: [recipient, own]))
        else { throw CasefileError.keyMissing }
        self.token = token
        self.recipient = recipient
        self.generation = generation
    }

    private func binding(_ id: SealingKeyID) -> Binding {
        Binding(report: id.description, field: "\(recipient) \(generation)", purpose: "quick wrap")
    }

    func seal(_ key: HeldKey) throws -> [UInt8] {
        try Envelope.seal(key.secret.bytes, under: quick, keyID: key.id, binding: binding(key.id), padding: .none)
    }

    func open(_ sealed: [UInt8], id: SealingKeyID) throws -> HeldKey {
        guard let secret = SecretKey(bytes: try Envelope.open(sealed, under: quick, binding: binding(id))) else {
            throw CasefileError.keyMissing
        }
        return HeldKey(id: id, secret: secret)
    }

    /// 16 bytes by which the same name is found again among this recipient's reports and no other's.
    func token(_ kind: String, _ plain: String) -> [UInt8] {
        Array(KeyedHash.hmac(key: token, parts: [kind, plain]).prefix(16))
    }
}

/// The search keys of all that a viewer can open, for one step of a search.
struct SearchRing: Sendable {
    private var ring: KeyRing
    private let index: SecretKey
    private var known: [String: SearchKeys] = [:]

    init(_ ring: KeyRing, index: SecretKey) {
        self.ring = ring
        self.index = index
    }

    mutating func keys(of recipient: String, _ generation: Int) throws -> SearchKeys {
        let place = "\(recipient) \(generation)"
        if let found = known[place] { return found }
        let key = try ring.privateKey(of: recipient, generation: generation)
        let keys = try SearchKeys(key, recipient: recipient, generation: generation, index: index)
        known[place] = keys
        return keys
    }

    /// Opens an HPKE wrap.
    mutating func open(_ wrap: [UInt8], _ recipient: String, _ generation: Int, id: SealingKeyID) throws -> HeldKey {
        try ring.open(wrap, recipient: recipient, generation: generation, keyID: id)
    }

    /// Under which tokens these names stand, whoever of the viewer's recipients holds them.
    mutating func tokens(_ kind: String, _ names: Set<String>) -> [[UInt8]] {
        ring.places.flatMap { place -> [[UInt8]] in
            guard let keys = try? keys(of: place.recipient, place.generation) else { return [] }
            return names.map { keys.token(kind, $0) }
        }
    }
}

/// What is written beside one wrap once its letter was opened: the quick form of the key and the tokens of the names.
struct SearchEntry: Sendable {
    let report: ReportID
    let keyID: SealingKeyID
    let recipient: String
    let wrap: [UInt8]
    let sequence: Int
    let quick: [UInt8]
    let tokens: [[UInt8]]

    /// Writes it if the wrap is still the same, not known yet, and the letter was not corrected meanwhile.
    func insert(_ tx: any Transaction) throws {
        let changed = try tx.changes(
            """
            UPDATE key_wrap SET quick = \(quick), searched = \(sequence)
            WHERE key_id = \(keyID) AND recipient = \(recipient) AND wrap = \(wrap) AND searched IS NULL
              AND NOT EXISTS (SELECT 1 FROM sealed s WHERE s.report_id = \(report) AND s.field = 'letter'
                AND s.seq > \(sequence))
            """)
        guard changed > 0, !tokens.isEmpty else { return }
        let rows = tokens.map { token -> SQL in "(\(token), \(keyID), \(recipient))" }
        try tx.run(
            """
            INSERT INTO search_token (token, key_id, recipient) VALUES \(SQL.joined(rows, by: ", "))
            ON CONFLICT (token, key_id, recipient) DO NOTHING
            """)
    }

    /// A corrected letter is under other names: the old ones go at once, the new ones come with the next search.
    static func forget(_ report: ReportID, _ tx: any Transaction) throws {
        let keys: SQL = "SELECT id FROM sealing_key WHERE report_id = \(report)"
        try tx.run("DELETE FROM search_token WHERE key_id IN (\(keys))")
        try tx.run("UPDATE key_wrap SET searched = NULL WHERE key_id IN (\(keys))")
    }

    /// A wrap that is sealed anew in its row keeps nothing of the older key: neither the quick form nor tokens.
    static func forget(_ keyID: SealingKeyID, of recipient: String, _ tx: any Transaction) throws {
        try tx.run("DELETE FROM search_token WHERE key_id = \(keyID) AND recipient = \(recipient)")
        try tx.run(
            "UPDATE key_wrap SET quick = NULL, searched = NULL WHERE key_id = \(keyID) AND recipient = \(recipient)")
    }
}
