import Casework
import Database
import Kernel
import Sealing

/// What is sealed to single persons does not end with them: whoever signs in and holds it gives it to the colleagues who
/// may read it and lack it, such as a new director whom a clerk let in.
extension Casefile {
    /// For each office of somebody who just signed in: a part of what its admitted members lack. What cannot be done now
    /// is left to the next sign-in, and nobody is kept out by it.
    func handOnPersonal(of viewer: Viewer) async {
        let (mine, now) = (Recipient.staff(viewer.staff).description, clock.now())
        let find: SQL = "SELECT 1 FROM key_wrap WHERE recipient = \(mine)"
        guard (try? await database.read({ try $0.exists(find) })) == true, let world = try? await world() else {
            return
        }
        let offices = Set(world.places(of: viewer.staff).filter(\.admitted).map(\.office))
        for office in offices.sorted() {
            let members = world.members(of: office).filter { $0.holdsKey && $0.staff != viewer.staff }
            for colleague in Set(members.map(\.staff)).sorted(by: { $0.description < $1.description }) {
                try? await retryingStale {
                    let keys = try await lacking(colleague, of: office, from: viewer)
                    guard !keys.wraps.isEmpty else { return }
                    try await database.write { tx in
                        for wrap in keys.wraps {
                            // An act in between may have taken the report from this office, or barred the giver.
                            guard
                                try tx.exists(
                                    "SELECT 1 FROM key_wrap WHERE key_id = \(wrap.keyID) AND recipient = \(mine)")
                            else { throw StalePicture() }
                        }
                        try keys.insertResealed(tx)
                        try KeyEvent(.handedOn, at: now, office: office, person: colleague, by: viewer.staff)
                            .insert(tx)
                    }
                }
            }
        }
    }

    /// How many keys are looked at for each colleague in one sign-in.
    private static var handedOnAtSignIn: Int { 200 }

    private func lacking(
        _ colleague: StaffID, of office: OfficeID, from viewer: Viewer
    ) async throws -> OfficeKeys {
        let casefile = self
        return try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            guard let publicKey = picture.staffKeys[colleague] else { throw CasefileError.keyMissing }
            var ring = try KeyRing.load(tx, for: viewer)
            var keys = OfficeKeys(office: office, person: colleague, version: picture.world.version)
            let mine = Recipient.staff(viewer.staff).description
            let theirs = Recipient.staff(colleague).description
            // Beginning anywhere, so that what may not be handed on does not hide what may.
            let start = SealingKeyID.random()
            let rows = try tx.rows(
                """
                SELECT w.key_id, w.generation, w.wrap, \(OpenReport.kind), k.report_id FROM key_wrap w
                JOIN sealing_key k ON k.id = w.key_id JOIN report r ON r.id = k.report_id
                JOIN custody c ON c.report_id = r.id AND c.idx = r.custody
                WHERE w.recipient = \(mine) AND (\(try OfficeKeys.reports(of: office, tx)))
                  AND NOT EXISTS (SELECT 1 FROM key_wrap o WHERE o.key_id = w.key_id
                    AND o.recipient IN (\(theirs), \(Recipient.office(office).description)))
                  AND NOT EXISTS (SELECT 1 FROM bar b WHERE b.report_id = r.id AND b.staff_id = \(colleague))
                ORDER BY CASE WHEN w.key_id > \(start) THEN 0 ELSE 1 END, w.key_id LIMIT \(Self.handedOnAtSignIn)
                """)
            var reaches: [ReportID: Reach] = [:]
            for row in rows {
                let report: ReportID = try row.get("report_id")
                let reach = try reaches[report] ?? casefile.reach(of: colleague, on: report, picture, tx)
                reaches[report] = reach
                guard reach.isGiven(try row.get("kind")) else { continue }
                let key = try ring.open(
                    try row.get("wrap"), recipient: mine, generation: try row.get("generation"),
                    keyID: try row.get("key_id"))
                keys.wraps.append(try key.wrapped(to: publicKey, recipient: .staff(colleague)))
            }
            return keys
        }
    }

    private func reach(
        of person: StaffID, on report: ReportID, _ picture: Picture, _ tx: any Transaction
    ) throws -> Reach {
        guard let stored = try StoredReport.load(tx, report) else { return .none }
        return Reach.of(
            person, on: stored.standing, world: picture.world, workflow: rules(of: stored, in: picture))
    }
}

extension Reach {
    /// Whether a key of this kind is for somebody who reaches this far.
    fileprivate func isGiven(_ kind: String) -> Bool {
        switch kind {
        case "identity": custody
        case "case": papers
        case OpenReport.whyKind: false
        default: letter
        }
    }
}
