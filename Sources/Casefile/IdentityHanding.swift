import Casework
import Database
import Kernel
import Sealing

/// Where an organ has no second custodian, its first leader agrees to an opening without any key of the report. Whom it was
/// opened to gets their copy from a custodian then: at the next sign-in, look at the list, or opening of the report.
extension Casefile {
    /// Hands readers what was opened to them and nobody could seal for them yet. What cannot be done now is left to the
    /// next look; nobody is kept out by it.
    func handOpenings(by viewer: Viewer, on only: ReportID? = nil) async {
        guard let world = pictures.lastRead, let office = world.custody(of: viewer.staff),
            let organ = world.offices[office]?.organ
        else { return }
        let own: SQL = only.map { "o.report_id = \($0)" } ?? "1 = 1"
        let waiting = try? await database.read { [clock] tx in
            try tx.rows(
                """
                SELECT o.report_id, o.seq FROM identity_opening o JOIN report r ON r.id = o.report_id
                JOIN custody c ON c.report_id = r.id AND c.idx = r.identity_at
                WHERE o.ended_at IS NULL AND o.until > \(clock.now()) AND o.wrap IS NULL AND o.reader_id <> o.asked_by
                  AND c.organ_id = \(organ) AND \(own)
                ORDER BY o.opened_at LIMIT \(Self.handedAtOnce)
                """
            ).map { (try $0.get("report_id", as: ReportID.self), try $0.get("seq", as: Int.self)) }
        }
        for (report, sequence) in waiting ?? [] {
            try? await retryingStale { try await handOpening(sequence, of: report, by: viewer) }
        }
    }

    private static var handedAtOnce: Int { 50 }

    private func handOpening(_ sequence: Int, of id: ReportID, by viewer: Viewer) async throws {
        let casefile = self
        let now = clock.now()
        let change = try await refusingTheNamed(id, viewer) {
            try await database.read { tx -> ActChange? in
                let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                try open.refuseTheNamed(viewer, letter: try open.letter(tx))
                guard let reporter = try open.reporter(tx),
                    let reader: StaffID = try tx.scalar(
                        "SELECT reader_id FROM identity_opening WHERE report_id = \(id) AND seq = \(sequence)")
                else { return nil }
                var change = ActChange(
                    act: PossibleAct(rule: .unruled("hand-identity"), to: open.stored.standing.stage), open: open,
                    letter: nil, viewer: viewer, at: now)
                change.codes = ["opening": String(sequence), "reader": reader.description, "blind": "yes"]
                change.handed = (sequence, try open.copy(of: reporter, for: reader, opened: sequence))
                return change
            }
        }
        if let change { try await commit([change]) }
    }
}

extension ActChange {
    /// Writes the copy that a reader waited for. `.notNow` where another custodian was faster or the time is over.
    func writeHanded(_ tx: any Transaction) throws {
        guard let (opened, copy) = handed else { return }
        let changed = try tx.changes(
            """
            UPDATE identity_opening SET key_id = \(copy.key), wrap = \(copy.wrap), envelope = \(copy.envelope)
            WHERE report_id = \(report) AND seq = \(opened) AND wrap IS NULL AND ended_at IS NULL AND until > \(at)
            """)
        guard changed == 1 else { throw CasefileError.notNow }
    }
}
