import Casefile
import Dispatch
import Logging
import ServiceLifecycle
import Synchronization

/// Runs the audits that auditors ask for, one at a time, beside everything else.
struct AuditService: Service {
    let casefile: Casefile
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if let id = try await casefile.takeWholeAudit() { try await audit(id) }
                } catch is CancellationError {
                } catch {
                    logger.error("audit failed", metadata: ["error": "\(type(of: error))"])
                }
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func audit(_ id: WholeAuditID) async throws {
        let course = Course()
        if try await casefile.beat(id, .reports, 0, of: 0) { return try await casefile.end(id, nil) }
        do {
            let tally = try await withThrowingTaskGroup(of: VerifyTally?.self) { group in
                // Hashing tiles and files holds a thread for seconds: one of its own, so that no visitor waits for it.
                let thread = OneThread()
                group.addTask {
                    try await withTaskExecutorPreference(thread) {
                        try await casefile.verify(whileServing: true) { part, done, total in
                            try Task.checkCancellation()
                            try course.reach(part, done, total)
                        }
                    }
                }
                group.addTask {
                    while true {
                        try await Task.sleep(for: .seconds(1))
                        let (part, done, total) = course.now
                        if try await casefile.beat(id, part, done, of: total) { course.stop() }
                    }
                }
                defer { group.cancelAll() }
                return try await group.next().flatMap(\.self)
            }
            if let tally { try await casefile.end(id, .success(tally)) }
        } catch let fault as VerifyFault {
            logger.critical("audit found a fault", metadata: ["code": "\(fault.part.rawValue)"])
            try await casefile.end(id, .failure(fault))
        } catch is Course.Stopped {
            try await casefile.end(id, nil)
        }
    }

    /// How far it is, and whether it goes on.
    private final class Course: Sendable {
        struct Stopped: Error {}

        private let state = Mutex((part: VerifyPart.reports, done: 0, total: 0, isStopped: false))

        var now: (VerifyPart, Int, Int) { state.withLock { ($0.part, $0.done, $0.total) } }

        func stop() { state.withLock { $0.isStopped = true } }

        func reach(_ part: VerifyPart, _ done: Int, _ total: Int) throws {
            let isStopped = state.withLock { state in
                (state.part, state.done, state.total) = (part, done, total)
                return state.isStopped
            }
            if isStopped { throw Stopped() }
        }
    }
}

/// Runs tasks that prefer it on a thread of its own, one after the other.
private final class OneThread: TaskExecutor, Sendable {
    private let queue = DispatchQueue(label: "audit", qos: .utility)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
