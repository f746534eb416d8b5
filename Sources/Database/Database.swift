/// A database that holds the shared state, whichever engine is behind it.
///
///     let number = try await database.write { tx in try draw(number: organ, tx) }
///
/// Closures are synchronous and may run once or, when nothing of them was begun, later; they must touch nothing but the
/// transaction and what they captured.
package protocol Database: Sendable {
    /// The engine behind it.
    var engine: Engine { get }

    /// Reads; all rows come from one snapshot. A write in it fails.
    func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T

    /// Writes. Returns when the work is on disk. What waits together commits together, one job's failure undoes that job
    /// alone, and a job that was accepted is finished even if the calling task is cancelled.
    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T

    /// Tells the writer that a write is being prepared: what is announced now commits together. `nil` where nobody
    /// would wait.
    func announce() -> Announcement?

    /// As ``write(_:)``, and fulfils the announcement.
    @discardableResult
    func write<T: Sendable>(
        _ announcement: Announcement?, _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T

    /// After rows of these tables were deleted for good: empties the engine's own log of what it still holds of them, and
    /// frees their space. Answers false where that has to be tried again later: somebody still reads what was before, and
    /// nobody is kept waiting for them. What the file system and the disk keep is beyond it.
    func purge(_ tables: [String]) async throws -> Bool

    /// What was done since it was opened.
    var counters: Counters { get }

    /// Finishes what was accepted and releases files and connections; later calls throw ``DatabaseError/closed``.
    func close() async
}

extension Database {
    package func announce() -> Announcement? { nil }

    @discardableResult
    package func write<T: Sendable>(
        _ announcement: Announcement?, _ body: @escaping @Sendable (any Transaction) throws -> T
    ) async throws -> T {
        try await write(body)
    }
}

/// What a database has done since it was opened.
package struct Counters: Sendable, Equatable {
    /// Reads done.
    package internal(set) var reads = 0
    /// Write jobs done, failed ones included.
    package internal(set) var jobs = 0
    /// Write transactions committed.
    package internal(set) var commits = 0
    /// Disk syncs those commits asked for: an estimate that leaves out checkpoints.
    package internal(set) var syncs = 0

    /// Nothing done.
    package init() {}
}
