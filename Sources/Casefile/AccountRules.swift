package import Casework
import Database
import Kernel

extension AccountPolicy {
    /// What holds in this installation: what ships, and what it chose instead. A demonstration asks nobody for a second
    /// factor unless it chose to.
    static func current(_ tx: any Transaction) throws -> AccountPolicy {
        var (isDemo, choice): (Bool, AccountChoice?) = (false, nil)
        for row in try tx.rows("SELECT name, value FROM setting WHERE name IN ('kind', 'accounts')") {
            let value: String = try row.get("value")
            if try row.get("name", as: String.self) == "kind" {
                isDemo = value == "demo"
            } else {
                choice = JSONText.decode(value)
            }
        }
        let base = isDemo ? try shipped().adjusted(by: AccountChoice(requiredOf: [])) : try shipped()
        return choice.map(base.adjusted) ?? base
    }
}

extension Casefile {
    /// The rules for accounts as they hold here.
    package func accountPolicy() async throws -> AccountPolicy {
        try await database.read { try AccountPolicy.current($0) }
    }

    /// Chooses other rules for this installation: the root organ's administrators alone, else `.notYourAct`. A number
    /// outside of its bounds is `.invalid`, by the measure's name. In force at once, for open sessions too.
    package func choose(accounts choice: AccountChoice, by viewer: Viewer) async throws {
        let policy = try AccountPolicy.shipped()
        let faults = choice.numbers.filter { policy.line($0.key)?.bounds.contains($0.value) != true }
        guard faults.isEmpty else {
            throw CasefileError.invalid(faults.keys.map { FieldFault($0.rawValue, "range") })
        }
        let now = clock.now()
        let pictures = pictures
        var stored = choice
        (stored.by, stored.at) = (viewer.staff, now)
        let text = JSONText.encode(stored)
        try await database.write { tx in
            let world = try pictures.current(tx).world
            guard let root = world.root, world.looksAfter(root.id, viewer.staff) else {
                throw CasefileError.notYourAct
            }
            try tx.run(
                """
                INSERT INTO setting (name, value) VALUES ('accounts', \(text))
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """)
            try AccountEvent.note(tx, .policyChanged, of: viewer.staff, by: viewer.staff, at: now)
        }
    }

    /// What the installation chose last, if anything.
    package func accountChoice() async throws -> AccountChoice? {
        let text: String? = try await database.read { tx in
            try tx.scalar("SELECT value FROM setting WHERE name = 'accounts'")
        }
        return text.flatMap { JSONText.decode($0) }
    }
}
