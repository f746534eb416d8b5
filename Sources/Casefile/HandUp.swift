package import Casework
import Database
package import Kernel
import Sealing
import WorkingDays

/// A note that something was handed up, sealed: no number, no name, no reason (规则 15条, I-2). Its maker and the letters
/// office of the superior see it, and nobody else.
package struct HandUpNote: Sendable, Hashable {
    package var id: String
    package var day: Day
    /// Until when the sealed hand-over is to have arrived.
    package var due: Day
    /// The holidays of a year that the limit touches are not known yet.
    package var provisional: Bool
    package var isMine: Bool
    /// When the superior's letters office marked it as arrived.
    package var arrived: Day?
    /// Whether this viewer may mark it.
    package var mayMark: Bool
}

extension Casefile {
    /// A matter of a higher organ that was recognised before anything was typed: only the tombstone is left, for the
    /// nearest organ above that may hold such a matter, if there is one here.
    package func handUp(by viewer: Viewer, level: ManagementLevel) async throws {
        let world = try await world()
        guard let organ = world.organs[viewer.organ], world.isAtDesk(viewer.staff, of: organ.id) else {
            throw CasefileError.notYourAct
        }
        let superior = world.line(from: organ).dropFirst().first { above in
            level.rank.map { world.rank(of: above) <= $0 } ?? true
        }
        try await leaveTombstone(viewer, superior: superior?.id)
    }

    /// A form that is sent twice leaves one.
    func leaveTombstone(_ viewer: Viewer, superior: OrganID?, as sent: SentForm? = nil) async throws {
        var note = Tombstone(maker: viewer.staff, superior: superior, day: clock.now().day)
        if let id = sent?.note { note.id = id }
        let left = note
        try await database.write { try left.insert($0) }
    }

    /// By when something that is recognised as a higher organ's today has to have been handed up.
    package func handUpDue() async throws -> Day {
        try await due(of: clock.now().day, in: picture().calendar).day
    }

    private func due(of day: Day, in calendar: WorkingDayTable) throws -> (day: Day, provisional: Bool) {
        let sum = try calendar.add(try JurisdictionRules.shipped().handUp.count, to: day)
        return (sum.day, sum.provisional)
    }

    /// The notes of matters handed up that this person made, or that are on their way to this person's letters office;
    /// the newest fifty.
    package func tombstones(for viewer: Viewer) async throws -> [HandUpNote] {
        let casefile = self
        return try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            let isDesk = picture.world.isAtDesk(viewer.staff, of: viewer.organ)
            let organ = isDesk ? viewer.organ.description : "-"
            return try tx.rows(
                """
                SELECT id, day, maker, superior, arrived FROM tombstone
                WHERE maker = \(viewer.staff) OR superior = \(organ) ORDER BY day DESC, id LIMIT 50
                """
            ).map { row in
                let day: Day = try row.get("day")
                let due = try casefile.due(of: day, in: picture.calendar)
                let arrived: Day? = try row.maybe("arrived")
                let isOurs = try row.get("superior", as: String.self) == organ
                return HandUpNote(
                    id: try row.get("id"), day: day, due: due.day, provisional: due.provisional,
                    isMine: try row.get("maker", as: StaffID.self) == viewer.staff, arrived: arrived,
                    mayMark: isOurs && arrived == nil)
            }
        }
    }

    /// The superior's letters office marks a sealed hand-over as arrived. `.notFound` for anybody else.
    package func markArrived(_ id: String, by viewer: Viewer) async throws {
        let casefile = self
        let day = clock.now().day
        try await database.write { tx in
            let world = try casefile.pictures.current(tx).world
            guard world.isAtDesk(viewer.staff, of: viewer.organ),
                try tx.exists(
                    "SELECT 1 FROM tombstone WHERE id = \(id) AND superior = \(viewer.organ.description)")
            else { throw CasefileError.notFound }
            try tx.run("UPDATE tombstone SET arrived = \(day) WHERE id = \(id) AND arrived IS NULL")
        }
    }
}

/// What is left of a matter that is not ours: who, when, and to whom it goes.
struct Tombstone: Sendable {
    var id = Identifier<SealedTag>.random()
    var maker: StaffID
    /// `nil`: above this platform, or for the maker alone.
    var superior: OrganID?
    var day: Day
    var arrived: Day?

    func insert(_ tx: any Transaction) throws {
        try tx.run(
            """
            INSERT INTO tombstone (id, maker, superior, day, arrived)
            VALUES (\(id), \(maker), \(superior?.description ?? ""), \(day), \(arrived))
            ON CONFLICT (id) DO NOTHING
            """)
    }
}

extension ActChange {
    /// Found out after the entry that the matter is a higher organ's: with the hand-over nothing of it stays here. The
    /// papers go up with the letter, this organ's wraps and number go, and a tombstone is left for whoever acts.
    /// What is ours and goes up by an approved proposal stays on our books.
    mutating func purgeHere() throws {
        let world = open.picture.world
        guard letter != nil, let custody = open.stored.standing.custody, let here = world.organs[custody.organ],
            let now = after.standing.custody, now.organ != here.id,
            !ChoiceLists(open: open, letter: letter).isOurs(here)
        else { return }
        leavesTombstone = true
        let inside = Set(
            world.offices(of: here.id).map { Recipient.office($0.id).description }
                + world.staff.values.filter { $0.organ == here.id }.map { Recipient.staff($0.id).description })
        for (stored, key) in open.keys where stored.kind == "case" && stored.custody == custody.index {
            wraps += open.picture.wraps(
                of: key, to: now.intakeOffice, audience: now.audience, barred: after.standing.barred)
            dropWraps += open.holders.filter { $0.key == stored.id && inside.contains($0.recipient) }
                .map { ($0.key, $0.recipient) }
        }
    }

    /// Writes the tombstone and takes the number from here, and from every organ on the way that was not competent
    /// either, in the act's own transaction.
    func writeTombstone(_ tx: any Transaction) throws {
        guard leavesTombstone, let viewer else { return }
        // It arrived with this act; whether the superior's letters office may know of it, the letter decides there.
        try Tombstone(maker: viewer.staff, superior: nil, day: at.day, arrived: at.day).insert(tx)
        let lists = ChoiceLists(open: open, letter: letter)
        let passed = organsWithoutReader
        for custody in open.stored.standing.custodies where passed.contains(custody.organ) {
            guard let organ = open.picture.world.organs[custody.organ], !lists.isOurs(organ) else { continue }
            try tx.run("UPDATE custody SET number = NULL WHERE report_id = \(report) AND idx = \(custody.index)")
        }
    }
}

extension World {
    /// Whether somebody works, admitted, in the letters office of an organ.
    func isAtDesk(_ person: StaffID, of organ: OrganID) -> Bool {
        places(of: person).contains { place in
            place.admitted && offices[place.office].map { $0.kind == .letters && $0.organ == organ } ?? false
        }
    }
}
