import Casework
import Database
import Kernel
import Sealing

/// Whoever must not read a report any more may have copied a key of it. What is written from then on is sealed under
/// another: the next to act who holds the key makes one, and it goes to whoever holds the first after that act. What was
/// written before stays as it was sealed, and as it was logged; what was read cannot be taken back.
extension OpenReport {
    /// Keys of one use: the letter's, the identity's, those of one organ's papers. Each next turn replaces the one before.
    struct Use: Hashable {
        var kind: String
        var custody: Int?

        static let letter = Use(kind: "letter")
        static let identity = Use(kind: "identity")
    }

    /// A key that takes the place of another from this act on.
    struct NextTurn: Sendable {
        var before: SealingKeyID
        var stored: StoredKey
        var key: HeldKey
    }

    /// The kinds of keys that are used again and again; what was told once has a key of its own.
    static let lastingKinds = ["letter", "identity", "case"]

    /// The key of this use under which the next text is sealed.
    func present(_ use: Use) -> HeldKey? {
        keys.filter { $0.key.use == use }.max { $0.key.turn < $1.key.turn }?.value
    }

    /// The first key of the letter: what a receipt proves hangs on it.
    var firstLetterKey: HeldKey? {
        keys.filter { $0.key.kind == "letter" }.min { $0.key.turn < $1.key.turn }?.value
    }

    /// Makes the next turn of each key that somebody may have copied and this viewer holds. A turn that others have made
    /// already, and that this viewer lacks, is not made again.
    mutating func makeNextTurns() -> [NextTurn] {
        let uses = Set(keys.keys.map(\.use)).filter { use in
            Self.lastingKinds.contains(use.kind)
                && (use.kind != "case" || use.custody == stored.standing.custody?.index)
        }
        var made: [NextTurn] = []
        for use in uses {
            guard let last = keys.keys.filter({ $0.use == use }).max(by: { $0.turn < $1.turn }),
                spoiled.contains(last.id), last.turn == lastTurns[use],
                // Where nobody of the office holds it now (a lost password), what is sealed under another would stay shut.
                holders.contains(where: { $0.key == last.id && $0.recipient != Recipient.receipt.description })
            else { continue }
            let key = HeldKey.fresh()
            let next = StoredKey(id: key.id, kind: last.kind, custody: last.custody, turn: last.turn + 1)
            keys[next] = key
            made.append(NextTurn(before: last.id, stored: next, key: key))
        }
        return made
    }
}

extension OpenReport.StoredKey {
    var use: OpenReport.Use { OpenReport.Use(kind: kind, custody: kind == "case" ? custody : nil) }
}

extension ActChange {
    /// All turns of a key lie in the same hands: whoever is given one gets the others, whoever loses one loses them, and a
    /// turn that begins with this act goes to whoever holds the one before when the act is done and may. Done last, and once
    /// more where somebody adds to the act.
    mutating func turnKeys() {
        for (use, turns) in Dictionary(grouping: open.keys, by: \.key.use) where turns.count > 1 {
            guard OpenReport.lastingKinds.contains(use.kind) else { continue }
            let ordered = turns.sorted { $0.key.turn < $1.key.turn }
            let ids = Set(ordered.map(\.key.id))
            for drop in dropWraps where ids.contains(drop.key) {
                for id in ids where id != drop.key && !dropWraps.contains(where: { $0 == (id, drop.recipient) }) {
                    dropWraps.append((id, drop.recipient))
                }
            }
            let hands = ordered.reduce(into: Set<Recipient>()) { all, turn in
                all.formUnion(recipients(of: turn.key.id, kind: use.kind))
            }
            for (stored, key) in ordered { wrap(key, of: stored, to: hands) }
        }
        for next in nextTurns where !newKeys.contains(where: { $0.key.id == next.stored.id }) {
            newKeys.append(
                NewKey(key: next.key, kind: next.stored.kind, custody: next.stored.custody, turn: next.stored.turn))
        }
    }

    /// Gives a turn to those of these hands that lack it: of an office some of whose people must not read it, to each of
    /// the others.
    private mutating func wrap(_ key: HeldKey, of stored: OpenReport.StoredKey, to hands: Set<Recipient>) {
        let (world, barred) = (open.picture.world, after.standing.barred)
        for recipient in hands where !isHeld(stored.id, by: recipient) {
            switch recipient {
            case .staff(let person) where barred.contains(person): continue
            case .office(let id) where world.members(of: id).contains { $0.holdsKey && barred.contains($0.staff) }:
                wraps += open.picture.wraps(of: key, to: id, audience: audience(of: id), barred: barred)
                    .filter { !isHeld(stored.id, by: $0.recipient) }
            default:
                guard let (publicKey, generation) = open.publicKey(of: recipient) else { continue }
                wraps.append(NewWrap(key, to: publicKey, recipient: recipient, generation: generation))
            }
        }
    }

    /// Whether somebody has a wrap of this key when the act is done.
    private func isHeld(_ key: SealingKeyID, by recipient: Recipient) -> Bool {
        if wraps.contains(where: { $0.keyID == key && $0.recipient == recipient }) { return true }
        let own = recipient.description
        return open.holders.contains(.init(key: key, recipient: own))
            && !dropWraps.contains { $0.key == key && $0.recipient == own }
    }

    /// Who holds this key when the act is done.
    private func recipients(of key: SealingKeyID, kind: String) -> Set<Recipient> {
        let world = open.picture.world
        let held = open.holders.filter { $0.key == key }.compactMap { Recipient($0.recipient) }.filter { recipient in
            let organ = world.organ(of: recipient)
            return isHeld(key, by: recipient) && !(kind == "letter" && organ.map(dropLetterWrapsOf.contains) == true)
        }
        return Set(held).union(wraps.filter { $0.keyID == key }.map(\.recipient))
    }
}

extension OpenReport {
    /// Under what a key is wrapped to this recipient now; `nil` for whom there is none.
    fileprivate func publicKey(of recipient: Recipient) -> (PublicKey, generation: Int)? {
        switch recipient {
        case .office(let id): picture.officeKeys[id].map { ($0.publicKey, $0.generation) }
        case .staff(let id): picture.staffKeys[id].map { ($0, 0) }
        case .receipt: stored.receiptKey.map { ($0, 0) }
        }
    }
}

/// Somebody may not read a report from now on.
struct NewBar: Sendable {
    var report: ReportID
    var person: StaffID
    var reason: BarReason

    /// Writes it, and that the keys of the report were theirs perhaps; what stands there already is left as it is.
    func insert(_ tx: any Transaction) throws {
        let added = try tx.changes(
            """
            INSERT INTO bar (report_id, staff_id, reason) VALUES (\(report), \(person), \(reason.rawValue))
            ON CONFLICT (report_id, staff_id) DO NOTHING
            """)
        guard added > 0 else { return }
        try tx.run(
            """
            UPDATE sealing_key SET spoiled = 1
            WHERE report_id = \(report) AND kind IN \(list: OpenReport.lastingKinds) AND spoiled = 0
            """)
    }

    static let migration = Migration(
        id: "0100-key-turns",
        statements: [
            // turn: 0 for the first key of its use; spoiled: somebody was barred who may have copied it.
            "ALTER TABLE sealing_key ADD COLUMN turn INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE sealing_key ADD COLUMN spoiled INTEGER NOT NULL DEFAULT 0",
            "UPDATE sealing_key SET spoiled = 1 WHERE kind <> 'shared' AND report_id IN (SELECT report_id FROM bar)",
        ])
}
