import Foundation
import Synchronization

/// A database of one writer's lane and a few readers' lanes over a driver: group commit, cancellation and closing are
/// the same on every engine.
package final class LaneDatabase: Database {
    package let engine: Engine
    private let writes = JobQueue()
    private let reads = JobQueue()
    private let tally = Tally()
    private let ending: Ending
    private let driver: any Driver

    /// Starts the lanes; `batch` is how many writes may share a commit.
    package init(_ driver: some Driver, readers: Int, batch: Int = 128) {
        let readers = min(max(readers, 1), 64)
        engine = driver.engine
        self.driver = driver
        ending = Ending(lanes: readers + 1) { driver.close() }
        let ending = ending
        Lane(queue: writes, limit: max(batch, 1), isWriter: true, counters: tally)
            .start(name: "\(engine.rawValue)-writer", driver: driver) { ending.laneEnded() }
        for number in 1...readers {
            Lane(queue: reads, limit: 1, isWriter: false, counters: tally)
                .start(name: "\(engine.rawValue)-reader-\(number)", driver: driver) { ending.laneEnded() }
        }
    }

    deinit {
        writes.close()
        reads.close()
    }

    package var counters: Counters { tally.now }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await submit(body, to: reads)
    }

    package func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await submit(body, to: writes)
    }

    package func announce() -> Announcement? { writes.announce() }

    package func write<T: Sendable>(
        _ announcement: Announcement?, _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        try await submit(body, to: writes, announcement)
    }

    package func purge(_ tables: [String]) async throws -> Bool {
        let driver = driver
        return try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Bool, any Error>) in
            Thread.detachNewThread { caller.resume(with: Result { try driver.purge(tables) }) }
        }
    }

    package func close() async {
        writes.close()
        reads.close()
        await withCheckedContinuation { continuation in ending.whenEnded { continuation.resume() } }
    }

    /// A continuation knows nothing of cancellation: what the queue accepted is done.
    private func submit<T: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> T, to queue: JobQueue,
        _ announcement: Announcement? = nil
    ) async throws -> T {
        try await withCheckedThrowingContinuation { (caller: CheckedContinuation<T, any Error>) in
            let job = Job(
                work: { tx in
                    let value = try body(tx)
                    return { caller.resume(returning: value) }
                },
                fail: { error in caller.resume(throwing: error) })
            if !queue.push(job, announcement: announcement) { job.fail(DatabaseError.closed) }
        }
    }
}

/// Waits for the last lane, then releases the driver and tells whoever waits.
private final class Ending: Sendable {
    private struct State {
        var lanes: Int
        var waiters: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>
    private let release: @Sendable () -> Void

    init(lanes: Int, release: @escaping @Sendable () -> Void) {
        state = Mutex(State(lanes: lanes))
        self.release = release
    }

    func laneEnded() {
        let last = state.withLock { state in
            guard state.lanes == 1 else {
                state.lanes -= 1
                return false
            }
            return true
        }
        guard last else { return }
        release()
        let waiters = state.withLock { state in
            state.lanes = 0
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter() }
    }

    func whenEnded(_ waiter: @escaping @Sendable () -> Void) {
        let over = state.withLock { state in
            if state.lanes > 0 { state.waiters.append(waiter) }
            return state.lanes == 0
        }
        if over { waiter() }
    }
}
