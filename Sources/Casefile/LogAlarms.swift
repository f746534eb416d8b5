import Database
package import Kernel

enum LogAlarmTag {}
typealias LogAlarmID = Identifier<LogAlarmTag>

/// Something that is wrong with the log, or that a witness says of it.
package struct LogAlarm: Sendable, Hashable {
    /// "log", or the name of a witness.
    package var about: String
    package var trouble: LogTrouble
    package var at: Instant
    /// `nil` as long as it lasts.
    package var ended: Instant?
}

extension Casefile {
    /// Writes an alarm down. False where the same stands open already.
    package func raiseLogAlarm(about: String, _ trouble: LogTrouble) async throws -> Bool {
        let (now, kind, detail) = (clock.now(), trouble.kind.rawValue, trouble.detail)
        return try await database.write { tx in
            let isKnown = try tx.exists(
                """
                SELECT 1 FROM log_alarm
                WHERE about = \(about) AND kind = \(kind) AND detail = \(detail) AND ended_at IS NULL
                """)
            if isKnown { return false }
            try tx.run(
                """
                INSERT INTO log_alarm (id, about, kind, detail, at)
                VALUES (\(LogAlarmID.ordered(at: now)), \(about), \(kind), \(detail), \(now))
                """)
            return true
        }
    }

    /// The hour in which a head was written down last; `nil` before the first.
    package func lastLogHour() async throws -> Instant? {
        try await database.read { try $0.scalar("SELECT MAX(at) FROM log_checkpoint", as: Instant?.self) } ?? nil
    }

    /// What was wrong is so no more.
    package func endLogAlarms(about: String) async throws {
        let now = clock.now()
        let isOpen = try await database.read { tx in
            try tx.exists("SELECT 1 FROM log_alarm WHERE about = \(about) AND ended_at IS NULL")
        }
        guard isOpen else { return }
        try await database.write { tx in
            try tx.run("UPDATE log_alarm SET ended_at = \(now) WHERE about = \(about) AND ended_at IS NULL")
        }
    }

    /// The latest, those that last first.
    package func logAlarms(limit: Int = 50) async throws -> [LogAlarm] {
        try await database.read { tx in
            try tx.rows(
                "SELECT * FROM log_alarm ORDER BY (CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END), at DESC LIMIT \(limit)"
            ).map {
                LogAlarm(
                    about: try $0.get("about"),
                    trouble: LogTrouble(kind: try $0.get("kind"), detail: try $0.get("detail")),
                    at: try $0.get("at"), ended: try $0.maybe("ended_at"))
            }
        }
    }
}
