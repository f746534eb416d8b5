package import Casework
import Database
import Kernel

/// The reports whose letter a colleague may open on one and the same ground, by number.
package struct AuditedReach: Sendable {
    package var kind: Ground.Kind
    package var office: OfficeID?
    package var role: Role?
    package var reports: [(id: ReportID, number: String)]
}

/// What a colleague may open today.
package struct AuditedPerson: Sendable {
    package var person: Staff
    package var reach: [AuditedReach]
    /// Reports that were looked at, each once whatever the grounds.
    package var reports: Int
    /// There are more than were looked at.
    package var more: Bool
}

extension Casefile {
    /// The most reports of one colleague that are explained at once; the newest come first.
    package static let mostAudited = 500

    /// The people whom an auditor may ask about: those of the organ.
    package func auditedPeople(by viewer: Viewer) async throws -> [Staff] {
        let casefile = self
        return try await database.read { tx in
            let scope = try AuditScope(viewer, try casefile.pictures.current(tx))
            return scope.world.staff(of: scope.organ).sorted { $0.username < $1.username }
        }
    }

    /// What a colleague may open today and why: by the lists' own rule, and by need-to-know report by report.
    /// Of reports that the auditor sees alone. `.notFound` for somebody of another organ.
    package func audit(person: StaffID, by viewer: Viewer) async throws -> AuditedPerson {
        let casefile = self
        let now = clock.now()
        return try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            let scope = try AuditScope(viewer, picture)
            guard let staff = picture.world.staff[person], staff.organ == scope.organ, staff.active else {
                throw CasefileError.notFound
            }
            let list = InboxSQL(
                person: person, organ: staff.organ, world: picture.world, workflow: casefile.workflow)
            let ids = try tx.rows(list.letters(limit: Self.mostAudited + 1, where: scope.sees))
                .map { try $0.get(at: 0, as: ReportID.self) }
            var found: [AuditedReach] = []
            var count = 0
            for id in ids.prefix(Self.mostAudited) {
                guard let stored = try StoredReport.load(tx, id),
                    let number = stored.standing.custodies.last(where: { $0.organ == scope.organ })?.number
                else { continue }
                let workflow = casefile.rules(of: stored, in: picture)
                let reader = try Readers(stored, picture, workflow: workflow, at: now, tx).reader(person)
                guard let reader, reader.letter else { continue }
                count += 1
                for because in reader.because where because.ground.opens.letter {
                    found.add(id, number, because.ground)
                }
            }
            return AuditedPerson(person: staff, reach: found, reports: count, more: ids.count > Self.mostAudited)
        }
    }
}

extension [AuditedReach] {
    fileprivate mutating func add(_ id: ReportID, _ number: String, _ ground: Ground) {
        let place = firstIndex {
            $0.kind == ground.kind && $0.office == ground.place?.office && $0.role == ground.place?.role
        }
        if let place {
            self[place].reports.append((id, number))
        } else {
            append(
                AuditedReach(
                    kind: ground.kind, office: ground.place?.office, role: ground.place?.role,
                    reports: [(id, number)]))
        }
    }
}
