package import Casework
import Database
package import Kernel
import TransparencyLog

/// The public log as an auditor sees it: the same for every organ's, and nothing of any report.
package struct LogOverview: Sendable {
    /// A head that was published.
    package struct Head: Sendable {
        package var size: UInt64
        /// 64 hexadecimal digits.
        package var root: String
        /// To the hour: what the public did stands beside it.
        package var at: Instant
        /// The names of the witnesses who signed it.
        package var witnesses: [String]
    }

    /// A witness that was asked.
    package struct Witness: Sendable {
        package var name: String
        /// How far it went with the log.
        package var size: UInt64
        package var seen: Instant?
        package var tried: Instant
    }

    /// The log of another installation, and how far this one witnessed it.
    package struct Watched: Sendable {
        package var name: String
        package var size: UInt64
        package var at: Instant?
    }

    /// The newest first.
    package var heads: [Head]
    package var witnesses: [Witness]
    /// The logs of others that this installation looks at.
    package var watched: [Watched]
    package var alarms: [LogAlarm]
    /// The newest first.
    package var audits: [WholeAudit]
    package var world: World

    /// The last audit that found everything right.
    package var verified: WholeAudit? { audits.first { if case .right = $0.ending { true } else { false } } }

    /// The audit that runs.
    package var running: WholeAudit? { audits.first { if case .runs = $0.ending { true } else { false } } }
}

extension Casefile {
    /// `.notFound` for whom is no auditor.
    package func logOverview(for viewer: Viewer) async throws -> LogOverview {
        let casefile = self
        let now = clock.now()
        var overview = try await database.read { tx -> LogOverview in
            let scope = try AuditScope(viewer, try casefile.pictures.current(tx))
            let heads = try tx.rows(
                "SELECT size, root, at, note FROM log_checkpoint WHERE note IS NOT NULL ORDER BY size DESC LIMIT 20"
            ).map { row in
                let note = SignedNote(try row.get("note", as: String.self))
                let origin = note.flatMap { Checkpoint(text: $0.text)?.origin }
                return LogOverview.Head(
                    size: UInt64(clamping: try row.get("size", as: Int64.self)),
                    root: Hex.encode(try row.get("root", as: [UInt8].self)), at: try row.get("at"),
                    witnesses: Set(note?.signatures.map(\.name) ?? []).subtracting([origin].compactMap(\.self)).sorted()
                )
            }
            let witnesses = try tx.rows("SELECT * FROM log_witness ORDER BY key").compactMap { row in
                try NoteKey(row.get("key", as: String.self)).map { key in
                    LogOverview.Witness(
                        name: key.name, size: UInt64(clamping: try row.get("size", as: Int64.self)),
                        seen: try row.maybe("seen_at"), tried: try row.get("tried_at"))
                }
            }
            // One that everything agreed in stays in sight, however many were stopped since.
            let audits = try tx.rows(
                """
                SELECT * FROM log_audit WHERE id IN (SELECT id FROM log_audit ORDER BY id DESC LIMIT 10)
                  OR id IN (SELECT MAX(id) FROM log_audit WHERE size IS NOT NULL AND fault IS NULL)
                ORDER BY id DESC
                """
            ).map { try WholeAudit(row: $0, now: now) }
            return LogOverview(
                heads: heads, witnesses: witnesses, watched: [], alarms: [], audits: audits, world: scope.world)
        }
        overview.watched = try await watched().map { .init(name: $0.origin, size: $0.last.size, at: $0.at) }
        overview.alarms = try await logAlarms(limit: 20)
        return overview
    }
}
