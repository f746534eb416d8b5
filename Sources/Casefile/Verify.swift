import Casework
import Database
import Foundation
import Kernel
import Sealing

/// What `verify` goes through, in this order.
package enum VerifyPart: String, Sendable, CaseIterable {
    /// Only where nobody is served meanwhile: it cannot be stopped.
    case database
    /// Every report's events in order, and what is shown of it worked out from them again.
    case reports
    /// Every sealed file against its digest.
    case files
    /// Every event against its leaf, every leaf against the published tiles and heads.
    case log
}

/// What `verify` found first, named so that a person can look.
package struct VerifyFault: Error, Sendable, Equatable, CustomStringConvertible {
    package var part: VerifyPart
    /// What is wrong with which row or file: for whoever runs the server, who can look.
    package var description: String
    /// The entry of the public log that it was found at.
    package var entry: Int64?

    package init(_ part: VerifyPart, _ description: String, entry: Int64? = nil) {
        self.part = part
        self.description = description
        self.entry = entry
    }
}

/// How far a check has come; called often, from wherever the check runs. Throws to stop it.
package typealias VerifyProgress = @Sendable (_ part: VerifyPart, _ done: Int, _ total: Int) throws -> Void

/// What was checked.
package struct VerifyTally: Sendable, Equatable {
    package var reports = 0
    package var events = 0
    package var files = 0
    package var log = LogTally()
}

extension Casefile {
    /// Checks all that can be checked without a password: the order of events, every projection against them, sealed
    /// files against their rows, the log against both. Throws the first fault. May run while people work; then without
    /// the engine's own check of its file.
    package func verify(
        whileServing: Bool = false, progress: @escaping VerifyProgress = { _, _, _ in }
    ) async throws -> VerifyTally {
        let casefile = self
        let ids = try await database.read { tx -> [ReportID] in
            if tx.engine == .sqlite, !whileServing {
                let answer: String? = try tx.scalar("PRAGMA integrity_check")
                if answer != "ok" { throw VerifyFault(.database, "database: \(answer ?? "no answer")") }
            }
            return try tx.rows("SELECT id FROM report ORDER BY id").map { try $0.get("id") }
        }
        var tally = VerifyTally()
        var start = 0
        while start < ids.count {
            let part = ids[start..<min(start + 200, ids.count)]
            tally.events += try await database.read { tx in
                let picture = try casefile.pictures.current(tx)
                return try part.reduce(0) { try $0 + casefile.verify($1, picture: picture, tx) }
            }
            tally.reports += part.count
            start += 200
            try progress(.reports, tally.reports, ids.count)
        }
        tally.files = try await verifyFiles(progress)
        tally.log = try await auditLog { try progress(.log, $0, $1) }
        return tally
    }

    private func verify(_ id: ReportID, picture: Picture, _ tx: any Transaction) throws -> Int {
        func fault(_ text: String) -> VerifyFault { VerifyFault(.reports, "report \(id): \(text)") }
        guard let stored = try StoredReport.load(tx, id) else { throw fault("the row is gone") }
        let events = try tx.rows(
            "SELECT seq, at, act, from_stage, to_stage, custody FROM event WHERE report_id = \(id) ORDER BY seq")
        var stage = ""
        for (index, row) in events.enumerated() {
            let sequence: Int = try row.get("seq")
            guard sequence == index + 1 else { throw fault("event \(index + 1) is missing") }
            let from: String = try row.get("from_stage")
            guard from == stage else { throw fault("event \(sequence) begins at \(from), not at \(stage)") }
            stage = try row.get("to_stage")
        }
        guard stored.standing.sequence == events.count else { throw fault("the count of events differs") }
        guard stored.standing.stage == stage else {
            throw fault("the stage is \(stored.standing.stage), the events say \(stage)")
        }
        for (index, custody) in stored.standing.custodies.enumerated() where custody.index != index {
            throw fault("custody \(index) is missing")
        }
        if stored.standing.isDestroyed {
            if let reason = try faultOfDestruction(id, tx) { throw fault(reason) }
            return events.count
        }
        let projections = projections(of: stored, in: picture)
        guard stored.dueDay == (try projections.nextDue(stored.standing)) else { throw fault("the due day differs") }
        let waiting = try tx.rows(
            "SELECT office_id, staff_id, roles, due_order FROM waiting WHERE report_id = \(id) ORDER BY place")
        let expected = projections.workflow.waiters(on: stored.standing, world: picture.world)
        guard waiting.count == expected.count else { throw fault("the list of those it waits for differs") }
        for (row, waiter) in zip(waiting, expected) {
            let office: OfficeID? = try row.maybe("office_id")
            let staff: StaffID? = try row.maybe("staff_id")
            guard office == waiter.office, staff == waiter.staff,
                try row.get("roles", as: Int.self) == RoleMask(waiter.roles).bits,
                try row.get("due_order", as: Int.self) == stored.dueDay.map({ Int($0.days) }) ?? Projections.noDue
            else { throw fault("the list of those it waits for differs") }
        }
        let isHeld: SQL = """
            EXISTS (SELECT 1 FROM key_wrap w WHERE w.key_id = k.id AND w.recipient <> 'receipt')
            OR EXISTS (SELECT 1 FROM wrap_before_reset b WHERE b.place = 'key:' || k.id)
            """
        let letters: SQL = "SELECT 1 FROM sealing_key k WHERE k.report_id = \(id) AND k.kind = 'letter'"
        if try !tx.exists(letters) || tx.exists("\(letters) AND NOT (\(isHeld))") {
            throw fault("nobody holds its letter key")
        }
        return events.count
    }

    /// Where a file is not what its row says, the row is asked again: it may have been destroyed meanwhile.
    private func verifyFiles(_ progress: VerifyProgress) async throws -> Int {
        let stored = try await database.read { tx in
            try tx.rows("\(Self.storedFiles) ORDER BY stored").map {
                (try $0.get("stored", as: String.self), try $0.get("digest", as: String.self))
            }
        }
        for (place, (name, digest)) in stored.enumerated() {
            let found = try? SealedFile.digest(ofFileAt: "\(files.folder)/\(name)")
            if found.map({ Hex.encode($0) }) != digest {
                let isStill = try await database.read { tx in
                    try tx.exists("SELECT 1 FROM (\(Self.storedFiles)) AS f WHERE f.stored = \(name)")
                }
                if isStill {
                    throw VerifyFault(
                        .files, "file \(name): " + (found == nil ? "missing" : "its bytes were changed"))
                }
            }
            try progress(.files, place + 1, stored.count)
        }
        return stored.count
    }

    private static var storedFiles: SQL {
        """
        SELECT stored, digest FROM file
        UNION ALL SELECT stored, digest FROM evidence_copy WHERE viewer = '' AND stored IS NOT NULL
        """
    }
}
