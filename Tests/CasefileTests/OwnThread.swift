import Dispatch

/// Runs the long computations of a test on a thread of their own: on a machine with two cores they would keep the few
/// threads that all the other tests' servers answer on.
final class OwnThread: TaskExecutor {
    private let queue: DispatchQueue

    init(_ name: String) { queue = DispatchQueue(label: name) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
