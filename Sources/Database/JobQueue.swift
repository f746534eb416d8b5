import Dispatch
import Synchronization

/// A piece of work that waits for a lane.
struct Job: Sendable {
    /// Does the work and answers how to tell the caller once it is known to be kept.
    let work: @Sendable (any Transaction) throws -> @Sendable () -> Void
    /// Tells the caller that nothing was kept.
    let fail: @Sendable (any Error) -> Void
}

/// Jobs in the order they came, for one or several threads that wait for them.
final class JobQueue: Sendable {
    private struct State {
        var jobs: [Job] = []
        /// Jobs that were announced and have not come.
        var announced = 0
        var idle = 0
        var isClosed = false

        mutating func takeFirst(_ limit: Int) -> [Job] {
            let taken = Array(jobs.prefix(limit))
            jobs.removeFirst(taken.count)
            return taken
        }
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// Takes a job in, or answers false when closed.
    func push(_ job: Job, announcement: Announcement? = nil) -> Bool {
        let wasAnnounced = announcement?.fulfil() ?? false
        let (accepted, wake) = state.withLock { state in
            if wasAnnounced { state.announced -= 1 }
            guard !state.isClosed else { return (false, false) }
            state.jobs.append(job)
            guard state.idle > 0 else { return (true, false) }
            state.idle -= 1
            return (true, true)
        }
        if wake { bell.signal() }
        return accepted
    }

    /// Waits for work and takes what is there, `limit` at most; nil when closed and empty. It never waits for more.
    func take(_ limit: Int) -> [Job]? {
        while true {
            let found: [Job]?? = state.withLock { state in
                if !state.jobs.isEmpty { return .some(state.takeFirst(limit)) }
                if state.isClosed { return .some(nil) }
                state.idle += 1
                return .none
            }
            if let found { return found }
            bell.wait()
        }
    }

    /// Counts a job that is on its way.
    func announce() -> Announcement {
        state.withLock { $0.announced += 1 }
        return Announcement { [weak self] in self?.withdraw() }
    }

    private func withdraw() {
        let wake = state.withLock { state in
            state.announced -= 1
            guard state.announced == 0, state.idle > 0 else { return false }
            state.idle -= 1
            return true
        }
        if wake { bell.signal() }
    }

    /// Whether jobs wait or are on their way.
    var hasCompany: Bool { state.withLock { !$0.jobs.isEmpty || $0.announced > 0 } }

    /// Takes `limit` jobs at most of those that wait; while there are none and some are announced, waits for them.
    /// Empty when nobody comes, and once `deadline` is past.
    func takeCompany(_ limit: Int, until deadline: DispatchTime) -> [Job] {
        while true {
            let isLate = DispatchTime.now() >= deadline
            let found: [Job]? = state.withLock { state in
                if isLate { return [] }
                if !state.jobs.isEmpty { return state.takeFirst(limit) }
                guard state.announced > 0, !state.isClosed else { return [] }
                state.idle += 1
                return nil
            }
            if let found { return found }
            if bell.wait(timeout: deadline) == .timedOut { stopWaiting() }
        }
    }

    /// After a wait that ran out: whoever meanwhile counted on this thread has rung, or is about to.
    private func stopWaiting() {
        let isCounted = state.withLock { state in
            guard state.idle > 0 else { return false }
            state.idle -= 1
            return true
        }
        if !isCounted { bell.wait() }
    }

    /// Takes in nothing more and wakes everyone; what was accepted is still handed out.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.idle = 0 }
            return state.idle
        }
        for _ in 0..<waiting { bell.signal() }
    }
}
