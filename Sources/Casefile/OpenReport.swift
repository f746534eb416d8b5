import Casework
import Database
import Foundation
import Kernel
import Sealing

/// A report with the keys that one viewer can open: made for one request, after need-to-know was checked.
struct OpenReport: Sendable {
    var stored: StoredReport
    var reach: Reach
    var keys: [StoredKey: HeldKey]
    var picture: Picture
    /// The rules that the report follows now.
    var workflow: Workflow
    /// Every wrap there is: key and recipient, whoever can open it.
    var holders: Set<Holder> = []
    /// Whether the organ that holds the report now has a case key, in this viewer's hands or not.
    var hasCaseKey = false
    /// Keys that somebody may have copied who was barred since.
    var spoiled: Set<SealingKeyID> = []
    /// The last turn that there is of each use, in this viewer's hands or not.
    var lastTurns: [Use: Int] = [:]

    struct Holder: Hashable, Sendable {
        var key: SealingKeyID
        var recipient: String
    }

    struct StoredKey: Hashable, Sendable {
        var id: SealingKeyID
        var kind: String
        var custody: Int
        /// 0 for the first key of its use.
        var turn = 0
    }

    var letterKey: HeldKey? { present(.letter) }
    var identityKey: HeldKey? { present(.identity) }

    /// The key of the internal papers of the organ that holds the report now.
    var caseKey: HeldKey? { stored.standing.custody.flatMap { present(Use(kind: "case", custody: $0.index)) } }

    func key(_ id: SealingKeyID) -> HeldKey? { keys.first { $0.key.id == id }?.value }

    /// Loads, checks need-to-know and opens the keys. `.notFound` for what this viewer may not see.
    static func load(
        _ tx: any Transaction, _ id: ReportID, for viewer: Viewer, casefile: Casefile
    ) throws -> OpenReport {
        let picture = try casefile.pictures.current(tx)
        guard let stored = try StoredReport.load(tx, id) else { throw CasefileError.notFound }
        let workflow = casefile.rules(of: stored, in: picture)
        let reach = Reach.of(viewer.staff, on: stored.standing, world: picture.world, workflow: workflow)
        guard !reach.isNone else { throw CasefileError.notFound }
        var ring = try KeyRing.load(tx, for: viewer)
        let mine = Set(ring.recipients)
        var open = OpenReport(stored: stored, reach: reach, keys: [:], picture: picture, workflow: workflow)
        try open.loadKeys(tx) { key, recipient, row in
            guard reach.mayHold(key.kind), mine.contains(recipient) else { return nil }
            // A wrap that does not open is not this person's any more; the others still count.
            return try? ring.open(
                try row.get("wrap"), recipient: recipient, generation: try row.get("generation"), keyID: key.id)
        }
        return open
    }

    /// Who holds which key, and those that `opened` opens.
    mutating func loadKeys(
        _ tx: any Transaction, opened: (_ key: StoredKey, _ recipient: String, _ row: Row) throws -> HeldKey?
    ) throws {
        let rows = try tx.rows(
            """
            SELECT k.id, \(OpenReport.kind), k.custody, k.turn, k.spoiled, w.recipient, w.generation, w.wrap
            FROM sealing_key k JOIN key_wrap w ON w.key_id = k.id
            WHERE k.report_id = \(stored.id) ORDER BY k.id, w.recipient
            """)
        for row in rows {
            let key = StoredKey(
                id: try row.get("id"), kind: try row.get("kind"), custody: try row.get("custody"),
                turn: try row.get("turn"))
            let recipient: String = try row.get("recipient")
            holders.insert(Holder(key: key.id, recipient: recipient))
            lastTurns[key.use] = max(lastTurns[key.use] ?? 0, key.turn)
            if try row.get("spoiled") { spoiled.insert(key.id) }
            if key.kind == "case", key.custody == stored.standing.custody?.index { hasCaseKey = true }
            if keys[key] == nil { keys[key] = try opened(key, recipient, row) }
        }
    }

    /// As ``load(_:_:for:casefile:)``, and `nil` for what this viewer may not see.
    static func find(
        _ tx: any Transaction, _ id: ReportID, for viewer: Viewer, casefile: Casefile
    ) throws -> OpenReport? {
        do { return try load(tx, id, for: viewer, casefile: casefile) } catch CasefileError.notFound { return nil }
    }

    /// The letter as it stands after all corrections; `nil` when the viewer does not hold its key.
    func letter(_ tx: any Transaction) throws -> Letter? {
        guard reach.letter else { return nil }
        return try latest("letter", tx)
    }

    /// The reporter in full, where the identity's key is in hand.
    func reporter(_ tx: any Transaction) throws -> Reporter? {
        guard reach.custody else { return nil }
        return try latest("reporter", tx)
    }

    /// What stands sealed under a field, in its latest version; `nil` when its key is not in hand.
    private func latest<T: Decodable>(_ field: String, _ tx: any Transaction) throws -> T? {
        guard
            let row = try tx.first(
                """
                SELECT seq, key_id, envelope FROM sealed WHERE report_id = \(stored.id) AND field = \(field)
                ORDER BY seq DESC LIMIT 1
                """), let key = key(try row.get("key_id"))
        else { return nil }
        let plain = try Envelope.open(
            try row.get("envelope"), under: key.secret, binding: .text(stored.id, field, try row.get("seq")))
        return try JSONDecoder().decode(T.self, from: Data(plain))
    }
}

extension Reach {
    /// Whether keys of this kind are opened for whoever has this reach and is a recipient of them.
    func mayHold(_ kind: String) -> Bool {
        switch kind {
        case "identity": custody
        case OpenReport.whyKind: outline
        default: letter
        }
    }
}
