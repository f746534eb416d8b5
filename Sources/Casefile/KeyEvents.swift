package import Casework
package import Database
package import Kernel

/// Something that was done with a key of an office or a person: who, whose, when. Rows are added and never changed.
package struct KeyEvent: Sendable {
    package enum Act: String, Sendable, CaseIterable {
        /// The first key of an office, or of a person.
        case made
        /// A new generation of an office's key, or a person's new key pair.
        case renewed
        /// A colleague let somebody in.
        case letIn = "let-in"
        /// Somebody's copy of an office's key was taken away.
        case taken
        /// Two escrow holders opened an office's key for somebody.
        case restored
        /// They tried to, and a password was wrong.
        case refused
        /// Report keys were sealed anew under the present generation, or a person's own under another password.
        case resealed
        /// A generation under which nothing is sealed any more was destroyed.
        case ended
        /// Somebody who signed in gave keys that were sealed to single persons to a colleague who may read and lacked them.
        case handedOn = "handed-on"
        /// Somebody opened with the password of before a reset what nobody else could open.
        case takenBack = "taken-back"
        /// A key that signs heads of the log was made, or signs no more.
        case logKeyMade = "log-key-made"
        case logKeyEnded = "log-key-ended"
    }

    package var at: Instant
    package var act: Act
    package var office: OfficeID?
    package var generation: Int?
    /// Whose key it is, or who was given one.
    package var person: StaffID?
    /// Who did it; `nil`: the software, with another act.
    package var by: StaffID?
    /// How many keys, or which two holders: numbers alone.
    package var detail: String

    package init(
        _ act: Act, at: Instant, office: OfficeID? = nil, generation: Int? = nil, person: StaffID? = nil,
        by: StaffID? = nil, detail: String = ""
    ) {
        self.act = act
        self.at = at
        self.office = office
        self.generation = generation
        self.person = person
        self.by = by
        self.detail = detail
    }

    static let migration = Migration(
        id: "0011-key-events",
        statements: [
            """
            CREATE TABLE key_event (
              id TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL, act TEXT NOT NULL,
              office_id TEXT REFERENCES office(id), generation INTEGER, staff_id TEXT REFERENCES staff(id),
              by_id TEXT REFERENCES staff(id), detail TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX key_event_office ON key_event (office_id, at)",
            "CREATE INDEX key_event_staff ON key_event (staff_id, at)",
        ])

    package func insert(_ tx: any Transaction) throws {
        let id = Identifier<KeyEventTag>.ordered(at: at)
        try tx.run(
            """
            INSERT INTO key_event (id, at, act, office_id, generation, staff_id, by_id, detail)
            VALUES (\(id), \(at), \(act.rawValue), \(office), \(generation),
              \(person), \(by), \(detail))
            """)
        try LogLeaf.append(.key, id.description, tx)
    }

    init?(row: Row) throws {
        guard let act = Act(rawValue: try row.get("act")) else { return nil }
        self.init(
            act, at: try row.get("at"), office: try row.maybe("office_id"), generation: try row.maybe("generation"),
            person: try row.maybe("staff_id"), by: try row.maybe("by_id"), detail: try row.get("detail"))
    }
}

/// Marks ids of key events.
enum KeyEventTag {}

/// Where the keys of one office stand.
package struct OfficeKeyState: Sendable {
    /// One generation that is still in use.
    package struct Generation: Sendable {
        package var number: Int
        package var since: Instant
        /// Who holds it.
        package var holders: [StaffID]
        /// How many keys are sealed under it: for no page, since it tells how many reports there are.
        package var sealed: Int
    }

    package var generations: [Generation]
    /// The latest events, the newest first.
    package var events: [KeyEvent]
    /// Keys that were sealed anew since the present generation was made.
    package var resealed: Int
    /// Keys that wait to be sealed under the present generation.
    package var behind: Int { generations.dropLast().map(\.sealed).reduce(0, +) }
    /// How far the sealing anew has come, 0 to 99; `nil` where nothing waits. Tells nothing of how much there is.
    package var percent: Int? { behind > 0 ? resealed * 100 / (resealed + behind) : nil }
}

extension Casefile {
    /// The generations of an office's key that are still in use, oldest first, and what was done with them.
    package func keyState(of office: OfficeID) async throws -> OfficeKeyState {
        let recipient = Recipient.office(office).description
        return try await database.read { tx in
            var sealed: [Int: Int] = [:]
            for table: SQL in ["key_wrap", "interference_wrap"] {
                for row in try tx.rows(
                    "SELECT generation, COUNT(*) AS n FROM \(table) WHERE recipient = \(recipient) GROUP BY generation")
                {
                    sealed[try row.get("generation"), default: 0] += try row.get("n", as: Int.self)
                }
            }
            var holders: [Int: [StaffID]] = [:]
            for row in try tx.rows(
                "SELECT generation, staff_id FROM office_grant WHERE office_id = \(office) ORDER BY staff_id")
            {
                holders[try row.get("generation"), default: []].append(try row.get("staff_id"))
            }
            let rows = try tx.rows(
                "SELECT generation, created_at FROM office_key WHERE office_id = \(office) ORDER BY generation")
            let last: Int? = try rows.last?.get("generation")
            let generations = try rows.compactMap { row -> OfficeKeyState.Generation? in
                let number: Int = try row.get("generation")
                guard number == last || holders[number] != nil || sealed[number] != nil else { return nil }
                return OfficeKeyState.Generation(
                    number: number, since: try row.get("created_at"), holders: holders[number] ?? [],
                    sealed: sealed[number] ?? 0)
            }
            let events = try tx.rows(
                "SELECT * FROM key_event WHERE office_id = \(office) ORDER BY at DESC, id DESC LIMIT 100"
            ).compactMap { try KeyEvent(row: $0) }
            let since = try rows.last?.get("created_at", as: Instant.self)
            let resealed = events.filter { $0.act == .resealed && $0.at >= since ?? $0.at }.compactMap {
                Int($0.detail)
            }
            return OfficeKeyState(
                generations: generations, events: events, resealed: resealed.reduce(0, +))
        }
    }
}
