import Casework
import Database
import Kernel
package import Sealing
import Synchronization

/// How far the making of marks for older reports has come.
package struct OlderMarks: Sendable {
    package var phase: SearchPhase
    /// Reports gone through so far, and of how many.
    package var done: Int
    package var of: Int
}

/// One person's run over what was filed before marks were made: numbers alone.
final class MarkingRun: Sendable {
    private let state = Mutex<(now: OlderMarks, task: Task<Void, Never>?)>(
        (OlderMarks(phase: .waiting, done: 0, of: 0), nil))

    var now: OlderMarks { state.withLock { $0.now } }
    func begin(of count: Int) {
        state.withLock { state in
            if state.now.phase == .waiting { state.now.phase = .running }
            state.now.of = count
        }
    }
    func add(_ count: Int) { state.withLock { $0.now.done &+= count } }
    func end(_ phase: SearchPhase) {
        state.withLock { state in if !state.now.phase.isOver { state.now.phase = phase } }
    }
    func hold(_ task: Task<Void, Never>) { state.withLock { $0.task = task } }
    func cancel() {
        state.withLock { $0.task }?.cancel()
        end(.stopped)
    }
}

/// The runs of this process, one for each person at most.
final class MarkingBook: Sendable {
    private let runs = Mutex<[StaffID: MarkingRun]>([:])

    func run(of person: StaffID) -> MarkingRun? { runs.withLock { $0[person] } }

    /// Remembers a run, unless one of this person is at work.
    func put(_ run: MarkingRun, for person: StaffID) -> Bool {
        runs.withLock { runs in
            if let before = runs[person], !before.now.phase.isOver { return false }
            runs[person] = run
            return true
        }
    }
}

extension Casefile {
    /// Under this kind an auditor finds among the searches that somebody had older letters opened for their marks.
    package static let marking = "marked"
    /// Letters opened between two looks at whether the person is still there.
    private static let markedAtOnce = 50

    /// How many of the reports whose letters the viewer may read have no marks, so that nobody finds them by what they say.
    package func unmarked(for viewer: Viewer) async throws -> Int { try await withoutMarks(viewer).count }

    /// Begins to make the marks of those reports, under the viewer's own keys, in the order of their lists. It goes on by
    /// itself until it is done, is stopped, or the session ends; what was made stays, and the next run begins behind it.
    package func beginMarking(for viewer: Viewer, in session: SessionToken) async throws {
        let run = MarkingRun()
        guard markings.put(run, for: viewer.staff) else { return }
        do {
            try await recordSearch(kind: Self.marking, words: [], by: viewer)
        } catch {
            run.end(.failed)
            throw error
        }
        let (casefile, hash) = (self, session.hash)
        run.hold(
            Task.detached(priority: .utility) {
                await casefile.searches.inTurn { await casefile.work(run, for: viewer, in: hash) }
            })
    }

    /// The person's newest run; `nil` where there is none.
    package func olderMarks(for viewer: Viewer) -> OlderMarks? { markings.run(of: viewer.staff)?.now }

    /// Waits a moment for a run that may be over at once.
    package func awaitMarking(for viewer: Viewer) async throws {
        for _ in 0..<20 {
            guard let run = markings.run(of: viewer.staff), !run.now.phase.isOver else { return }
            try await Task.sleep(for: .milliseconds(40))
        }
    }

    package func stopMarking(for viewer: Viewer) { markings.run(of: viewer.staff)?.cancel() }

    private func work(_ run: MarkingRun, for viewer: Viewer, in session: [UInt8]) async {
        do {
            let reports = try await withoutMarks(viewer)
            run.begin(of: reports.count)
            for start in stride(from: 0, to: reports.count, by: Self.markedAtOnce) {
                try Task.checkCancellation()
                guard try await isAlive(session) else { throw CancellationError() }
                let part = reports[start..<min(start + Self.markedAtOnce, reports.count)]
                try await mark(Array(part), for: viewer)
                run.add(part.count)
                // What waits is looked through by every question: it is put away at the speed at which it comes.
                if try await waitingMarks().areMany { try await putMarks() }
            }
            run.end(.done)
        } catch is CancellationError {
            run.end(.stopped)
        } catch {
            run.end(.failed)
        }
    }

    /// The newest first.
    private func withoutMarks(_ viewer: Viewer) async throws -> [ReportID] {
        let casefile = self
        return try await database.read { tx in
            let world = try casefile.pictures.current(tx).world
            let list = InboxSQL(viewer: viewer, world: world, workflow: casefile.workflow)
            return try tx.rows(
                list.letters(limit: SearchLimits.reports) { id in
                    "EXISTS (SELECT 1 FROM report u WHERE u.id = \(id) AND u.mark_no IS NULL)"
                }
            ).map { try $0.get(at: 0) }
        }
    }

    /// Opens letters by the one door. What is corrected meanwhile has got its marks with the correction.
    private func mark(_ reports: [ReportID], for viewer: Viewer) async throws {
        var made: [(report: ReportID, sequence: Int, marks: [UInt8])] = []
        let maker = LetterMarks(keys)
        for report in reports {
            try Task.checkCancellation()
            guard let (open, letter) = try await opened(report, for: viewer) else { continue }
            made.append((report, open.stored.standing.sequence, try maker.marks(of: letter)?.bytes ?? []))
        }
        let ready = made
        try await database.write { tx in
            for (report, sequence, marks) in ready {
                let no = try MarkIndex.draw(tx)
                let isFree = try tx.changes(
                    """
                    UPDATE report SET mark_no = \(no)
                    WHERE id = \(report) AND mark_no IS NULL AND sequence = \(sequence)
                    """)
                // A letter without a word has a number, so that it is not opened again, and no marks.
                if isFree == 1, !marks.isEmpty {
                    try tx.run("INSERT INTO mark_waiting (no, marks) VALUES (\(no), \(marks))")
                }
            }
        }
    }
}
