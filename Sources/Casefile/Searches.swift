package import Casework
import Foundation
import Kernel
package import Sealing
import Synchronization

/// How far a search is.
package enum SearchPhase: String, Sendable, CaseIterable {
    /// Others search; its turn comes.
    case waiting
    case running
    case done
    case stopped
    /// Something went wrong; what was found until then is shown.
    case failed

    package var isOver: Bool { self != .waiting && self != .running }
}

/// A search as its session sees it.
package struct SearchView: Sendable {
    package var query: SearchQuery
    package var phase: SearchPhase
    /// Reports looked through so far, and of how many.
    package var searched: Int
    package var of: Int
    package var seconds: Double
    package var found: [ReportID]
    /// There is more than is kept.
    package var more: Bool
}

/// One search of one session while it runs and until it is forgotten: ids and numbers, and the words sealed under the
/// session's token.
final class SearchRun: Sendable {
    struct State {
        var phase = SearchPhase.waiting
        var searched = 0
        var of = 0
        var began: ContinuousClock.Instant?
        var ended: ContinuousClock.Instant?
        var found: [ReportID] = []
        var task: Task<Void, Never>?
    }

    let words: [UInt8]
    let kind: SearchKind
    let messages: Bool
    let startedAt: Instant
    private let state = Mutex(State())

    init(_ query: SearchQuery, words: [UInt8], at now: Instant) {
        kind = query.kind
        messages = query.messages
        self.words = words
        startedAt = now
    }

    var now: State { state.withLock { $0 } }
    var isFull: Bool { state.withLock { $0.found.count > SearchLimits.found } }

    func start() {
        state.withLock { state in
            if state.phase == .waiting { state.phase = .running }
            state.began = .now
        }
    }
    func begin(of count: Int) { state.withLock { $0.of = count } }
    func searched(_ count: Int) { state.withLock { $0.searched = count } }
    func add(_ report: ReportID) {
        state.withLock { state in
            if !state.found.contains(report) { state.found.append(report) }
        }
    }
    func end(_ phase: SearchPhase) {
        state.withLock { state in
            guard !state.phase.isOver else { return }
            state.phase = phase
            state.ended = .now
        }
    }
    func hold(_ task: Task<Void, Never>) { state.withLock { $0.task = task } }
    func cancel() {
        state.withLock { $0.task }?.cancel()
        end(.stopped)
    }
}

/// The searches of this process: one for each session, a few at work at the same time, the others in line.
final class SearchBook: Sendable {
    private struct Held {
        var runs: [[UInt8]: SearchRun] = [:]
        var working = 0
        var line: [CheckedContinuation<Void, Never>] = []
    }

    /// More sessions than this are not remembered; the oldest search is forgotten.
    private static let most = 1000
    private let held = Mutex(Held())
    /// Half of the processor's cores at most: the others serve.
    private let atOnce = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)

    /// Takes the place of the session's search before.
    func put(_ run: SearchRun, for session: [UInt8]) {
        let before = held.withLock { held -> [SearchRun?] in
            var gone = [held.runs.updateValue(run, forKey: session)]
            if held.runs.count > Self.most,
                let oldest = held.runs.min(by: { $0.value.startedAt < $1.value.startedAt })?.key, oldest != session
            {
                gone.append(held.runs.removeValue(forKey: oldest))
            }
            return gone
        }
        for run in before { run?.cancel() }
    }

    func run(of session: [UInt8]) -> SearchRun? { held.withLock { $0.runs[session] } }

    func forget(_ session: [UInt8]) { held.withLock { $0.runs.removeValue(forKey: session) }?.cancel() }

    /// Forgets what is older than a time, whoever's it is.
    func forget(before time: Instant) {
        let gone = held.withLock { held -> [SearchRun] in
            let old = held.runs.filter { $0.value.startedAt < time }
            for session in old.keys { held.runs.removeValue(forKey: session) }
            return Array(old.values)
        }
        for run in gone { run.cancel() }
    }

    /// Works when its turn comes.
    func inTurn(_ body: () async -> Void) async {
        await withCheckedContinuation { continuation in
            let mayStart = held.withLock { held -> Bool in
                guard held.working >= atOnce else {
                    held.working &+= 1
                    return true
                }
                held.line.append(continuation)
                return false
            }
            if mayStart { continuation.resume() }
        }
        await body()
        let next = held.withLock { held -> CheckedContinuation<Void, Never>? in
            guard !held.line.isEmpty else {
                held.working &-= 1
                return nil
            }
            return held.line.removeFirst()
        }
        next?.resume()
    }
}

extension Casefile {
    /// Begins a search of this session, which goes on by itself; the one before is over. That somebody searched is
    /// written down first. `.invalid` for words that say nothing.
    package func beginSearch(_ query: SearchQuery, for viewer: Viewer, in session: SessionToken) async throws {
        let names = try SearchNames.shipped()
        let plain = try PlainQuery(query, names: names)
        try await recordSearch(plain, by: viewer)
        let now = clock.now()
        searches.forget(before: now.adding(seconds: -SearchLimits.keptSeconds))
        let words = try Envelope.seal(
            Array(query.words.utf8), under: session.searchKey, keyID: .random(), binding: .searchWords)
        let run = SearchRun(query, words: words, at: now)
        let job = SearchJob(
            casefile: self, viewer: viewer, plain: plain, names: names, run: run, session: session.hash)
        searches.put(run, for: session.hash)
        let searches = searches
        run.hold(
            Task.detached(priority: .utility) {
                await searches.inTurn {
                    run.start()
                    await job.work()
                }
            })
    }

    /// The session's search; `nil` where there is none, or it ran out.
    package func search(in session: SessionToken) throws -> SearchView? {
        searches.forget(before: clock.now().adding(seconds: -SearchLimits.keptSeconds))
        guard let run = searches.run(of: session.hash) else { return nil }
        let words = try Envelope.open(run.words, under: session.searchKey, binding: .searchWords)
        let state = run.now
        let seconds = state.began.map { $0.duration(to: state.ended ?? .now) }
        return SearchView(
            query: SearchQuery(run.kind, String(decoding: words, as: UTF8.self), messages: run.messages),
            phase: state.phase, searched: state.searched, of: state.of,
            seconds: seconds.map { Double($0.components.seconds) + Double($0.components.attoseconds) * 1e-18 } ?? 0,
            found: Array(state.found.prefix(SearchLimits.found)), more: state.found.count > SearchLimits.found)
    }

    /// Waits a moment for a search that may be over at once.
    package func awaitSearch(in session: SessionToken) async throws {
        for _ in 0..<20 {
            guard let run = searches.run(of: session.hash), !run.now.phase.isOver else { return }
            try await Task.sleep(for: .milliseconds(40))
        }
    }

    /// Stops the session's search; what was found so far stays.
    package func stopSearch(in session: SessionToken) { searches.run(of: session.hash)?.cancel() }

    /// Stops and forgets the session's search.
    package func forgetSearch(in session: SessionToken) { searches.forget(session.hash) }

    /// Searches to the end and answers what was found.
    func searched(_ query: SearchQuery, for viewer: Viewer) async throws -> SearchRun {
        let names = try SearchNames.shipped()
        let plain = try PlainQuery(query, names: names)
        try await recordSearch(plain, by: viewer)
        let run = SearchRun(query, words: [], at: clock.now())
        run.start()
        await SearchJob(casefile: self, viewer: viewer, plain: plain, names: names, run: run, session: nil).work()
        return run
    }
}

extension SessionToken {
    /// Seals the words of a search while the session lasts.
    fileprivate var searchKey: SecretKey { sealingKey.derived(for: "search words") }
}

extension Binding {
    fileprivate static let searchWords = Binding(report: "", field: "words", purpose: "search")
}
