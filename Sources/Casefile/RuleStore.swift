package import Casework
import Database
package import Kernel

package enum RuleTag {}
package typealias RuleChangeID = Identifier<RuleTag>

/// A change of the rules as it is kept: who brought it and when, who took it back and when. Nothing is deleted.
package struct StoredRuleChange: Sendable {
    package var id: RuleChangeID
    package var change: RuleOverride
    package var organ: OrganID
    package var uploadedBy: StaffID
    package var uploadedAt: Instant
    package var withdrawnBy: StaffID?
    package var withdrawnAt: Instant?
}

/// The stored changes of the rules. They are public within the house: no word of a report stands in them.
enum RuleStore {
    static let migration = Migration(
        id: "0004-rules",
        statements: [
            """
            CREATE TABLE rule_change (
              id TEXT PRIMARY KEY NOT NULL, organ_id TEXT NOT NULL REFERENCES organ(id), name TEXT NOT NULL,
              body TEXT NOT NULL, uploaded_by TEXT NOT NULL REFERENCES staff(id), uploaded_at INTEGER NOT NULL,
              withdrawn_by TEXT REFERENCES staff(id), withdrawn_at INTEGER, withdrawn_scope TEXT,
              UNIQUE (organ_id, name)
            ) STRICT
            """
        ])

    static func all(_ tx: any Transaction) throws -> [StoredRuleChange] {
        try tx.rows("SELECT * FROM rule_change ORDER BY uploaded_at, id").map { row in
            let withdrawn: Instant? = try row.maybe("withdrawn_at")
            let scope: String? = try row.maybe("withdrawn_scope")
            let end = withdrawn.map { RuleEnd(day: $0.day, scope: scope.flatMap(RuleScope.init) ?? .new) }
            let name: String = try row.get("name")
            return StoredRuleChange(
                id: try row.get("id"),
                change: try RuleOverride(file: name + ".yaml", text: try row.get("body"), end: end),
                organ: try row.get("organ_id"), uploadedBy: try row.get("uploaded_by"),
                uploadedAt: try row.get("uploaded_at"), withdrawnBy: try row.maybe("withdrawn_by"),
                withdrawnAt: withdrawn)
        }
    }

    static func changes(_ tx: any Transaction) throws -> [RuleOverride] { try all(tx).map(\.change) }
}

extension World {
    /// Whether this person looks after an organ: as administrator of it or of one above.
    func looksAfter(_ organ: OrganID, _ person: StaffID) -> Bool {
        staff[person]?.active == true
            && places(of: person).contains { place in
                guard place.role == .administrator, let office = offices[place.office] else { return false }
                return office.kind == .administration && lies(organ, within: office.organ)
            }
    }
}

extension Casefile {
    /// All rules as they stand now.
    package func ruleBook() async throws -> RuleBook { try await picture().rules }

    /// Every change that was ever brought, in the order in which it came.
    package func ruleChanges() async throws -> [StoredRuleChange] {
        try await database.read { tx in try RuleStore.all(tx) }
    }

    /// Takes an organ's change of the rules. It begins today or later; of an organ that the viewer looks after, else
    /// `.notYourAct`. A ``RuleFault`` with line and reason refuses it, and then nothing was changed.
    @discardableResult
    package func upload(rules text: String, by viewer: Viewer) async throws -> StoredRuleChange {
        let stored = try await retryingStale { try await uploadOnce(text, by: viewer) }
        if stored.change.effectiveFrom <= clock.now().day { try await recompute(within: stored.organ) { _, _ in } }
        return stored
    }

    private func uploadOnce(_ text: String, by viewer: Viewer) async throws -> StoredRuleChange {
        let now = clock.now()
        let (change, organ, version) = try await checked(rules: text, by: viewer)
        let stored = StoredRuleChange(
            id: .ordered(at: now), change: change, organ: organ.id, uploadedBy: viewer.staff, uploadedAt: now)
        try await database.write { tx in
            let current: Int64? = try tx.scalar("SELECT version FROM world_version WHERE id = 1")
            guard current == version else { throw StalePicture() }
            try tx.run(
                """
                INSERT INTO rule_change (id, organ_id, name, body, uploaded_by, uploaded_at)
                VALUES (\(stored.id), \(organ.id), \(change.name), \(text), \(viewer.staff), \(now))
                """)
            try LogLeaf.append(.rules, stored.id.description, tx)
            try Self.touchWorld(tx)
        }
        return stored
    }

    /// The change, its organ, and the version of the world for which it was found good.
    func checked(
        rules text: String, by viewer: Viewer
    ) async throws -> (change: RuleOverride, organ: Organ, version: Int64) {
        let change = try RuleOverride(file: "change.yaml", text: text)
        let picture = try await picture()
        guard let organ = picture.world.organ(code: change.organ),
            picture.world.looksAfter(organ.id, viewer.staff)
        else {
            // Organs of others and organs that are not there are told apart by nobody here.
            throw CasefileError.notYourAct
        }
        guard change.effectiveFrom >= clock.now().day else {
            throw change.fault("effectiveFrom", "the day has passed: acts of the past keep their rules")
        }
        _ = try picture.rules.adding(change, in: picture.world)
        return (change, organ, picture.world.version)
    }

    /// Takes a change back from today on: for reports that begin from now on, or also for those that run. What was
    /// not in force yet never will be. `.notFound` for what is not there or not the viewer's to look after, `.notNow`
    /// for what was taken back already.
    package func withdraw(rules id: RuleChangeID, scope: RuleScope, by viewer: Viewer) async throws {
        let now = clock.now()
        let pictures = pictures
        let organ = try await database.write { tx -> OrganID in
            let world = try pictures.current(tx).world
            guard let stored = try RuleStore.all(tx).first(where: { $0.id == id }),
                world.looksAfter(stored.organ, viewer.staff)
            else { throw CasefileError.notFound }
            guard stored.withdrawnAt == nil else { throw CasefileError.notNow }
            try tx.run(
                """
                UPDATE rule_change SET withdrawn_by = \(viewer.staff), withdrawn_at = \(now),
                  withdrawn_scope = \(scope.rawValue) WHERE id = \(id)
                """)
            try Self.touchWorld(tx)
            return stored.organ
        }
        try await recompute(within: organ) { _, _ in }
    }

    /// Checks all rules together as the server does at its start. Throws the first ``RuleFault``.
    package func checkRules() async throws {
        let picture = try await picture()
        try picture.rules.check(in: picture.world)
    }
}
