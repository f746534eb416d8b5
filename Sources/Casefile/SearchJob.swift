import Casework
import Database
import Dispatch
import Foundation
import Kernel
import Sealing

/// One search at work: opens letters step by step under the viewer's own keys, off the event loops.
struct SearchJob: Sendable {
    let casefile: Casefile
    let viewer: Viewer
    let plain: PlainQuery
    let names: SearchNames
    let run: SearchRun
    /// The session that it ends with; `nil` for one that is waited for.
    let session: [UInt8]?

    private static let threads = DispatchQueue(label: "mingjian.search", qos: .utility, attributes: .concurrent)

    /// Searches to the end, or until it is stopped.
    func work() async {
        do {
            switch plain.query.kind {
            case .text:
                try await walk(try await candidates { _ in "1 = 1" })
            case .number:
                let (number, organ) = (plain.number, viewer.organ)
                try await take(
                    try await candidates { id in
                        """
                        \(id) IN (SELECT n.report_id FROM custody n WHERE n.organ_id = \(organ)
                          AND REPLACE(n.number, '-', '') = \(number))
                        """
                    })
            case .name, .unit:
                let tokens = try await tokens()
                try await take(
                    try await candidates { id in
                        """
                        \(id) IN (SELECT o.report_id FROM search_token t JOIN sealing_key o ON o.id = t.key_id
                          WHERE t.token IN \(list: tokens))
                        """
                    })
                let mine = try await recipients()
                try await walk(
                    try await candidates { id in
                        """
                        NOT EXISTS (SELECT 1 FROM key_wrap v WHERE v.key_id = (SELECT u.key_id FROM sealed u
                            WHERE u.report_id = \(id) AND u.field = 'letter' ORDER BY u.seq DESC LIMIT 1)
                          AND v.recipient IN \(list: mine) AND v.searched IS NOT NULL)
                        """
                    })
            }
            run.end(.done)
        } catch is CancellationError {
            run.end(.stopped)
        } catch {
            run.end(.failed)
        }
    }

    private func tokens() async throws -> [[UInt8]] {
        var ring = SearchRing(try await keyRing(), index: casefile.keys.index)
        return ring.tokens(plain.mark, plain.names)
    }

    private func recipients() async throws -> [String] { try await keyRing().recipients }

    private func keyRing() async throws -> KeyRing {
        let viewer = viewer
        return try await casefile.database.read { try KeyRing.load($0, for: viewer) }
    }

    private func candidates(_ condition: @escaping @Sendable (SQL) -> SQL) async throws -> [ReportID] {
        let (casefile, viewer) = (casefile, viewer)
        return try await casefile.database.read { tx in
            let world = try casefile.pictures.current(tx).world
            let list = InboxSQL(viewer: viewer, world: world, workflow: casefile.workflow)
            return try tx.rows(list.letters(limit: SearchLimits.reports, where: condition)).map { try $0.get(at: 0) }
        }
    }

    /// Opens the letters of these reports, newest first, and takes those that match.
    private func walk(_ candidates: [ReportID]) async throws {
        run.begin(of: candidates.count)
        var place = 0
        while place < candidates.count {
            try Task.checkCancellation()
            let step = Array(candidates[place..<min(place &+ SearchLimits.step, candidates.count)])
            let opening = try await read(step)
            let outcome = await Self.offLoop { opening.searched(for: plain, names: names) }
            if !outcome.entries.isEmpty {
                try await casefile.database.write { tx in for entry in outcome.entries { try entry.insert(tx) } }
            }
            try await take(outcome.matching)
            place &+= step.count
            run.searched(place)
            if run.isFull { return }
        }
    }

    /// Only what the one door opens is found.
    private func take(_ reports: [ReportID]) async throws {
        for report in reports where !run.isFull {
            try Task.checkCancellation()
            if try await casefile.opened(report, for: viewer) != nil { run.add(report) }
        }
    }

    private func read(_ step: [ReportID]) async throws -> SearchStep {
        let (casefile, viewer, session, messages) = (casefile, viewer, session, plain.query.messages)
        if let session, try await !casefile.isAlive(session) { throw CancellationError() }
        return try await casefile.database.read { tx in
            let ring = try KeyRing.load(tx, for: viewer)
            let fields: SQL =
                messages
                ? "s.field <> 'title' AND s.key_id IN (SELECT k.id FROM sealing_key k WHERE k.report_id = s.report_id AND k.kind = 'letter')"
                : "s.field = 'letter'"
            let rows = try tx.rows(
                """
                SELECT s.report_id, s.field, s.seq, s.envelope, w.recipient, w.generation, w.quick,
                  CASE WHEN w.searched IS NULL THEN w.wrap END AS wrap
                FROM sealed s JOIN key_wrap w ON w.key_id = s.key_id
                WHERE s.report_id IN \(list: step) AND \(fields) AND w.recipient IN \(list: ring.recipients)
                """)
            return try SearchStep(step, rows: rows, ring: SearchRing(ring, index: casefile.keys.index))
        }
    }

    private static func offLoop<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in threads.async { continuation.resume(returning: body()) } }
    }
}

extension Casefile {
    /// Whether a session, named by the hash of its token, lasts still: what was begun in it ends with it.
    func isAlive(_ session: [UInt8]) async throws -> Bool {
        let now = clock.now()
        return try await database.read { tx in
            let policy = try AccountPolicy.current(tx)
            return try tx.exists(
                """
                SELECT 1 FROM session x JOIN staff p ON p.id = x.staff_id
                WHERE x.token_hash = \(session) AND p.active = 1 AND x.code_due = 0
                  AND x.seen_at > \(now.adding(seconds: -policy.idleSeconds))
                  AND x.created_at > \(now.adding(seconds: -policy.absoluteSeconds))
                """)
        }
    }
}
