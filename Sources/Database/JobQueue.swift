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
        var idle = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// Takes a job in, or answers false when closed.
    func push(_ job: Job) -> Bool {
        let (accepted, wake) = state.withLock { state in
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
                if !state.jobs.isEmpty {
                    let taken = Array(state.jobs.prefix(limit))
                    state.jobs.removeFirst(taken.count)
                    return .some(taken)
                }
                if state.isClosed { return .some(nil) }
                state.idle += 1
                return .none
            }
            if let found { return found }
            bell.wait()
        }
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
