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

    struct Holder: Hashable, Sendable {
        var key: SealingKeyID
        var recipient: String
    }

    struct StoredKey: Hashable, Sendable {
        var id: SealingKeyID
        var kind: String
        var custody: Int
    }

    var letterKey: HeldKey? { keys.first { $0.key.kind == "letter" }?.value }
    var identityKey: HeldKey? { keys.first { $0.key.kind == "identity" }?.value }

    /// The key of the internal papers of the organ that holds the report now.
    var caseKey: HeldKey? {
        keys.first { $0.key.kind == "case" && $0.key.custody == stored.standing.custody?.index }?.value
    }

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
        var keys: [StoredKey: HeldKey] = [:]
        var holders: Set<Holder> = []
        var hasCaseKey = false
        let rows = try tx.rows(
            """
            SELECT k.id, \(OpenReport.kind), k.custody, w.recipient, w.generation, w.wrap
            FROM sealing_key k JOIN key_wrap w ON w.key_id = k.id
            WHERE k.report_id = \(id) ORDER BY k.id, w.recipient
            """)
        for row in rows {
            let key = StoredKey(id: try row.get("id"), kind: try row.get("kind"), custody: try row.get("custody"))
            let recipient: String = try row.get("recipient")
            holders.insert(Holder(key: key.id, recipient: recipient))
            if key.kind == "case", key.custody == stored.standing.custody?.index { hasCaseKey = true }
            guard reach.mayHold(key.kind), mine.contains(recipient), keys[key] == nil else { continue }
            let wrap: [UInt8] = try row.get("wrap")
            // A wrap that does not open is not this person's any more; the others still count.
            keys[key] = try? ring.open(
                wrap, recipient: recipient, generation: try row.get("generation"), keyID: key.id)
        }
        return OpenReport(
            stored: stored, reach: reach, keys: keys, picture: picture, workflow: workflow, holders: holders,
            hasCaseKey: hasCaseKey)
    }

    /// As ``load(_:_:for:casefile:)``, and `nil` for what this viewer may not see.
    static func find(
        _ tx: any Transaction, _ id: ReportID, for viewer: Viewer, casefile: Casefile
    ) throws -> OpenReport? {
        do { return try load(tx, id, for: viewer, casefile: casefile) } catch CasefileError.notFound { return nil }
    }

    /// The letter as it stands after all corrections; `nil` when the viewer does not hold its key.
    func letter(_ tx: any Transaction) throws -> Letter? {
        guard let key = letterKey, reach.letter else { return nil }
        return try latest("letter", under: key, tx)
    }

    /// The reporter in full, where the identity's key is in hand.
    func reporter(_ tx: any Transaction) throws -> Reporter? {
        guard let key = identityKey, reach.custody else { return nil }
        return try latest("reporter", under: key, tx)
    }

    /// What stands sealed under a field, in its latest version.
    private func latest<T: Decodable>(_ field: String, under key: HeldKey, _ tx: any Transaction) throws -> T? {
        guard
            let row = try tx.first(
                """
                SELECT seq, envelope FROM sealed WHERE report_id = \(stored.id) AND field = \(field)
                ORDER BY seq DESC LIMIT 1
                """)
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
