package import Casework
import Database
import Foundation
package import Kernel
import Sealing

/// For how long, and why, the identity stands open to the viewer.
package struct IdentityOpening: Sendable, Hashable {
    /// A value of the vocabulary `identity-ground`.
    package var ground: String
    package var until: Instant
    /// Whether the reader can look: `false` while a custodian has yet to hand it to them.
    package var isHanded: Bool
}

extension Casefile {
    /// One look at the reporter's identity, in full: only while it stands open to this person, and each look is an
    /// event. `.notYourAct` where it does not stand open.
    package func lookAtIdentity(of id: ReportID, by viewer: Viewer) async throws -> Reporter {
        try await retryingStale { try await lookOnce(at: id, viewer) }
    }

    private func lookOnce(at id: ReportID, _ viewer: Viewer) async throws -> Reporter {
        let casefile = self
        let now = clock.now()
        let (open, row) = try await refusingTheNamed(id, viewer) {
            try await database.read { tx in
                let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                try open.refuseTheNamed(viewer, letter: try open.letter(tx))
                return (open, try open.openings(tx, for: viewer, at: now).first)
            }
        }
        guard let row, try row.isHanded else { throw CasefileError.notYourAct }
        let opened: Reporter?
        if let wrap: [UInt8] = try row.maybe("wrap"), let envelope: [UInt8] = try row.maybe("envelope"),
            let keyID: SealingKeyID = try row.maybe("key_id")
        {
            guard open.mayBeToldIdentity(viewer.staff) else { throw CasefileError.notYourAct }
            let key = try HeldKey.opening(wrap, with: viewer.privateKey, id: keyID)
            let binding = Binding.text(id, "opening", try row.get("seq"))
            opened = try JSONDecoder().decode(
                Reporter.self, from: Data(try Envelope.open(envelope, under: key.secret, binding: binding)))
        } else {
            opened = try await database.read { tx in try open.reporter(tx) }
        }
        guard let opened else { throw CasefileError.notYourAct }
        var change = ActChange(
            act: PossibleAct(rule: .unruled("look-identity"), to: open.stored.standing.stage), open: open, letter: nil,
            viewer: viewer, at: now)
        change.codes = [
            "opening": String(try row.get("seq", as: Int.self)), "ground": try row.get("ground"), "blind": "yes",
        ]
        try await commit([change])
        return opened
    }

    /// Destroys what was handed to readers whose time is over. Needs no key: done at each sign-in and by each sweep.
    package func endIdentityOpenings() async throws {
        let now = clock.now()
        let over: SQL = "ended_at IS NULL AND until <= \(now)"
        guard try await database.read({ try $0.exists("SELECT 1 FROM identity_opening WHERE \(over)") }) else { return }
        try await database.write { tx in
            try tx.run(
                "UPDATE identity_opening SET ended_at = until, wrap = NULL, envelope = NULL WHERE \(over)")
        }
    }
}

extension OpenReport {
    /// Who works on the report may be told who the reporter is, when custodians open it to them.
    func mayBeToldIdentity(_ person: StaffID) -> Bool {
        Reach.of(person, on: stored.standing, world: picture.world, workflow: workflow).papers
    }

    /// What stands open to this viewer now, the longest first.
    func openings(_ tx: any Transaction, for viewer: Viewer, at now: Instant) throws -> [Row] {
        guard stored.standing.hasReporter else { return [] }
        return try tx.rows(
            """
            SELECT * FROM identity_opening
            WHERE report_id = \(stored.id) AND reader_id = \(viewer.staff) AND ended_at IS NULL AND until > \(now)
            ORDER BY CASE WHEN reader_id = asked_by OR wrap IS NOT NULL THEN 0 ELSE 1 END, until DESC, seq DESC
            """)
    }

    /// The reporter as one reader alone opens it, bound to the event that opened it. `.keyMissing` for a reader without a
    /// key of their own, `.notNow` for one whose work it is no longer.
    func copy(of reporter: Reporter, for reader: StaffID, opened sequence: Int) throws -> HandedCopy {
        guard let publicKey = picture.staffKeys[reader] else { throw CasefileError.keyMissing }
        guard mayBeToldIdentity(reader) else { throw CasefileError.notNow }
        let key = HeldKey.fresh()
        let envelope = try Envelope.seal(
            Array(JSONText.encode(reporter).utf8), under: key.secret, keyID: key.id,
            binding: .text(stored.id, "opening", sequence))
        let wrap = try Wrap.seal(key.secret.bytes, to: publicKey, binding: .reportKey(key.id))
        return HandedCopy(key: key.id, wrap: wrap, envelope: envelope)
    }
}

extension Row {
    /// Of an opening: whether its reader can look, as a custodian or because they were handed a copy.
    var isHanded: Bool {
        get throws {
            try get("reader_id", as: StaffID.self) == get("asked_by", as: StaffID.self)
                || maybe("wrap", as: [UInt8].self) != nil
        }
    }
}

/// What is handed to a reader who is no custodian.
struct HandedCopy: Sendable {
    var key: SealingKeyID
    var wrap: [UInt8]
    var envelope: [UInt8]
}

/// An opening as it is written.
struct NewOpening: Sendable {
    var reader: StaffID
    var asker: StaffID
    var ground: String
    var until: Instant
    /// `nil` for a custodian who asked for themselves, and where the second person cannot read who the reporter is: then
    /// it waits for a custodian.
    var handed: HandedCopy?
}

extension ActChange {
    /// The second person agreed: the window begins. A reader who is no custodian gets a copy under a key of its own.
    mutating func openIdentity(_ request: Request) throws {
        guard let asker = request.act.staff, let ground = request.act.codes["ground"],
            let hours = request.act.codes["window"].flatMap({ Int64($0) })
        else { throw CasefileError.notNow }
        let reader = request.act.codes["reader"].flatMap { StaffID($0) } ?? asker
        var new = NewOpening(
            reader: reader, asker: asker, ground: ground, until: at.adding(seconds: hours * 3600), handed: nil)
        if reader != asker {
            guard open.mayBeToldIdentity(reader) else { throw CasefileError.notNow }
            new.handed = try reporter.map { try open.copy(of: $0, for: reader, opened: sequence) }
        }
        opening = new
    }

    /// Writes the opening, and ends those whose readers work on the report no longer.
    func writeOpenings(_ tx: any Transaction) throws {
        guard after.standing.hasReporter else { return }
        let world = open.picture.world
        for row in try tx.rows(
            "SELECT seq, reader_id FROM identity_opening WHERE report_id = \(report) AND ended_at IS NULL")
        {
            let reader: StaffID = try row.get("reader_id")
            let reach = Reach.of(reader, on: after.standing, world: world, workflow: open.workflow)
            if reach.papers || reach.custody { continue }
            try tx.run(
                """
                UPDATE identity_opening SET ended_at = \(at), wrap = NULL, envelope = NULL
                WHERE report_id = \(report) AND seq = \(try row.get("seq", as: Int.self))
                """)
        }
        guard let opening, let agreed = viewer?.staff else { return }
        try tx.run(
            """
            INSERT INTO identity_opening
              (report_id, seq, reader_id, asked_by, agreed_by, ground, opened_at, until, key_id, wrap, envelope)
            VALUES (\(report), \(sequence), \(opening.reader), \(opening.asker), \(agreed), \(opening.ground), \(at),
              \(opening.until), \(opening.handed?.key), \(opening.handed?.wrap), \(opening.handed?.envelope))
            """)
    }
}
