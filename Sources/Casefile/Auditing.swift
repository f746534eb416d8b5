package import Casework
import Database
package import Kernel
import TransparencyLog

package enum WholeAuditTag {}
package typealias WholeAuditID = Identifier<WholeAuditTag>

/// An audit of everything against everything, asked for on a page: it runs while people work.
package struct WholeAudit: Sendable {
    package enum Ending: Sendable, Equatable {
        /// In hundredths, of the part that it is at.
        case runs(VerifyPart, hundredths: Int, isStopping: Bool)
        /// Everything agreed; so many entries of the log are verified.
        case right(entries: UInt64)
        /// The first fault, and the entry of the log that it is at. Which row it is, only the server's log and `verify` say.
        case fault(VerifyPart, entry: Int64?)
        case stopped
        /// The server that ran it is no more.
        case cutOff
    }

    package var id: WholeAuditID
    package var by: StaffID
    package var began: Instant
    package var ended: Instant?
    package var ending: Ending
}

extension Casefile {
    /// For so long an audit lives without a sign of life, in seconds.
    static let auditBeat: Int64 = 60

    /// Asks for an audit; a service runs it. `.notNow` where one runs already, `.notFound` for whom is no auditor.
    package func beginWholeAudit(by viewer: Viewer) async throws {
        let casefile = self
        let now = clock.now()
        try await database.write { tx in
            _ = try AuditScope(viewer, try casefile.pictures.current(tx))
            let alive = now.adding(seconds: -Self.auditBeat)
            guard try !tx.exists("SELECT 1 FROM log_audit WHERE ended_at IS NULL AND beat_at > \(alive)") else {
                throw CasefileError.notNow
            }
            try tx.run(
                """
                INSERT INTO log_audit (id, staff_id, began_at, beat_at, part, done, total, stop)
                VALUES (\(WholeAuditID.ordered(at: now)), \(viewer.staff), \(now), \(now), \(VerifyPart.reports.rawValue), 0, 0, 0)
                """)
        }
    }

    /// Stops the audit that runs.
    package func stopWholeAudit(by viewer: Viewer) async throws {
        let casefile = self
        try await database.write { tx in
            _ = try AuditScope(viewer, try casefile.pictures.current(tx))
            try tx.run("UPDATE log_audit SET stop = 1 WHERE ended_at IS NULL")
        }
    }

    /// Takes the audit that was asked for and that no process runs yet; `nil` where there is none.
    package func takeWholeAudit() async throws -> WholeAuditID? {
        let alive = clock.now().adding(seconds: -Self.auditBeat)
        let asked = try await database.read { tx -> WholeAuditID? in
            try tx.scalar(
                "SELECT id FROM log_audit WHERE ended_at IS NULL AND holder IS NULL AND beat_at > \(alive) LIMIT 1")
        }
        guard let asked else { return nil }
        let holder = Identifier<WholeAuditTag>.random()
        let taken = try await database.write { tx in
            try tx.changes("UPDATE log_audit SET holder = \(holder) WHERE id = \(asked) AND holder IS NULL")
        }
        return taken == 1 ? asked : nil
    }

    /// Says how far an audit is; true where somebody wants it stopped.
    package func beat(_ id: WholeAuditID, _ part: VerifyPart, _ done: Int, of total: Int) async throws -> Bool {
        let now = clock.now()
        return try await database.write { tx in
            try tx.run(
                """
                UPDATE log_audit SET beat_at = \(now), part = \(part.rawValue), done = \(done), total = \(total)
                WHERE id = \(id)
                """)
            return try tx.exists("SELECT 1 FROM log_audit WHERE id = \(id) AND stop = 1")
        }
    }

    /// Writes down how an audit ended: what it looked at, or what it found, or neither where it was stopped.
    package func end(_ id: WholeAuditID, _ result: Result<VerifyTally, VerifyFault>?) async throws {
        let now = clock.now()
        let (part, entry, text): (VerifyPart?, Int64?, String?) =
            switch result {
            case .success(let tally): (nil, Int64(clamping: tally.log.entries), nil)
            case .failure(let fault): (fault.part, fault.entry, fault.description)
            case nil: (nil, nil, nil)
            }
        try await database.write { tx in
            try tx.run(
                """
                UPDATE log_audit SET ended_at = \(now), size = \(entry), fault = \(text), part = COALESCE(\(part?.rawValue), part)
                WHERE id = \(id)
                """)
        }
    }
}

extension WholeAudit {
    init(row: Row, now: Instant) throws {
        id = try row.get("id")
        by = try row.get("staff_id")
        began = try row.get("began_at")
        ended = try row.maybe("ended_at")
        let part = VerifyPart(rawValue: try row.get("part")) ?? .reports
        let isStopping: Bool = try row.get("stop")
        let size: Int64? = try row.maybe("size")
        if ended == nil {
            let (done, total): (Int, Int) = (try row.get("done"), try row.get("total"))
            let beat: Instant = try row.get("beat_at")
            let share = total > 0 ? min(100, Int(Double(done) / Double(total) * 100)) : 0
            ending =
                beat.adding(seconds: Casefile.auditBeat) < now
                ? .cutOff : .runs(part, hundredths: share, isStopping: isStopping)
        } else if try row.maybe("fault", as: String.self) != nil {
            ending = .fault(part, entry: size)
        } else if let size {
            ending = .right(entries: UInt64(clamping: size))
        } else {
            ending = .stopped
        }
    }
}
