package import Casework
import Database
import Kernel

extension AccountPolicy {
    /// What holds in this installation: what ships, and what it chose instead. A demonstration asks nobody for a second
    /// factor unless it chose to.
    static func current(_ tx: any Transaction) throws -> AccountPolicy {
        guard let row = try tx.first("SELECT \(raw: columns)") else { return try shipped() }
        return try current(row)
    }

    /// Columns of a row that is asked for anyway.
    static let columns = """
        (SELECT value FROM setting WHERE name = 'kind') AS house_kind,
        (SELECT value FROM setting WHERE name = 'accounts') AS account_rules
        """

    /// As ``current(_:)``, from a row with ``columns``.
    static func current(_ row: Row) throws -> AccountPolicy {
        let isDemo = try row.maybe("house_kind", as: String.self) == "demo"
        let choice: AccountChoice? = try row.maybe("account_rules", as: String.self).flatMap { JSONText.decode($0) }
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
