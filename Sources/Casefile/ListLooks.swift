import Casework
import Database
import Kernel
import Synchronization

/// Looks at lists with titles, on their way to being written down. A list is shown many times an hour by everybody at a
/// desk: looks that come within a moment are written together, and no page waits for that. What a process has not written
/// when it is killed is lost: at most ``patience`` of titles shown, never a letter, whose reading is written first.
final class ListLooks: Sendable {
    private struct Look {
        let id: Identifier<SealedTag>
        let viewer: Viewer
        let list: InboxQuery.Tab
        let at: Instant
    }
    private struct State {
        var waiting: [Look] = []
        var isGathering = false
        /// The last writing failed: no list is shown before one succeeds.
        var hasFailed = false
    }

    private static let patience = Duration.milliseconds(50)
    private static let again = Duration.seconds(1)
    /// So many wait at most, before whoever comes next waits with them.
    private static let most = 2000

    private let database: any Database
    private let state = Mutex(State())

    init(_ database: any Database) { self.database = database }

    /// Takes a look in. Throws where looks cannot be written down now: then nothing is to be shown.
    func enter(_ list: InboxQuery.Tab, by viewer: Viewer, at now: Instant) async throws {
        let look = Look(id: .ordered(at: now), viewer: viewer, list: list, at: now)
        let (begins, waits) = state.withLock { state in
            state.waiting.append(look)
            let waits = state.hasFailed || state.waiting.count > Self.most
            defer { if !waits { state.isGathering = true } }
            return (!state.isGathering && !waits, waits)
        }
        if waits {
            do { try await write() } catch {
                // Nothing is shown, so nobody looked.
                state.withLock { $0.waiting.removeAll { $0.id == look.id } }
                throw error
            }
        }
        if begins { write(after: Self.patience) }
    }

    /// Writes what has come until then, and tries again where that fails.
    private func write(after pause: Duration) {
        Task {
            try? await Task.sleep(for: pause)
            state.withLock { $0.isGathering = false }
            do { try await write() } catch DatabaseError.closed { return } catch {
                let begins = state.withLock { state in
                    defer { state.isGathering = true }
                    return !state.isGathering
                }
                if begins { write(after: Self.again) }
            }
        }
    }

    /// Writes down what waits, each with its leaf, in one transaction.
    func write() async throws {
        let looks = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !looks.isEmpty else { return }
        do {
            try await database.write { tx in
                for look in looks {
                    // What was committed though it seemed to fail is not written twice.
                    let isNew = try tx.changes(
                        """
                        INSERT INTO list_look (id, staff_id, organ_id, list, at)
                        VALUES (\(look.id), \(look.viewer.staff), \(look.viewer.organ), \(look.list.rawValue), \(look.at))
                        ON CONFLICT (id) DO NOTHING
                        """)
                    if isNew > 0 { try LogLeaf.append(.list, look.id.description, tx) }
                }
            }
            state.withLock { $0.hasFailed = false }
        } catch {
            state.withLock { state in
                state.waiting = looks + state.waiting
                state.hasFailed = true
            }
            throw error
        }
    }
}
