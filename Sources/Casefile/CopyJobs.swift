import Synchronization

/// The copies that are being made, each once however many ask. Who no longer asks does not keep one going.
final class CopyJobs: Sendable {
    private struct Job {
        var task: Task<Void, Never>?
        var asked = ContinuousClock.now
        var result: Result<Void, any Error>?
    }

    private let jobs = Mutex<[String: Job]>([:])
    /// How long one request waits before it says that the copy is being made.
    private static let wait = Duration.seconds(2)

    /// Whether the work is done. Starts it where nobody has; throws what it threw.
    func ask(
        _ key: String, patience: Duration, _ work: @escaping @Sendable () async throws -> Void
    ) async throws -> Bool {
        jobs.withLock { jobs in
            jobs[key, default: Job()].asked = .now
            if jobs[key]?.task == nil { jobs[key]?.task = start(key, patience, work) }
        }
        let end = ContinuousClock.now + Self.wait
        while ContinuousClock.now < end {
            let (isThere, result) = jobs.withLock { jobs in
                let job = jobs[key]
                if job?.result != nil { jobs[key] = nil }
                return (job != nil, job?.result)
            }
            guard isThere else { return true }
            if let result {
                try result.get()
                return true
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func start(
        _ key: String, _ patience: Duration, _ work: @escaping @Sendable () async throws -> Void
    ) -> Task<Void, Never> {
        let task = Task.detached {
            let result: Result<Void, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            self.jobs.withLock { $0[key]?.result = result }
        }
        Task.detached {
            while true {
                try? await Task.sleep(for: .seconds(1))
                let isLeft = self.jobs.withLock { jobs in
                    guard let job = jobs[key], job.task == task else { return true }
                    guard ContinuousClock.now - job.asked > patience else { return false }
                    jobs[key] = nil
                    return true
                }
                guard isLeft else { continue }
                // Done, or left: a task that has ended takes no notice.
                task.cancel()
                return
            }
        }
        return task
    }
}
