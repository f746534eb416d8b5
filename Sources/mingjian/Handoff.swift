import Dispatch
import NIOCore
import Synchronization

/// Hands bytes from a thread that makes them, and may be kept waiting, to a response that is being written.
final class Handoff: Sendable {
    private struct State {
        var pieces: [ByteBuffer] = []
        var reader: CheckedContinuation<ByteBuffer?, Never>?
        var isOver = false
    }

    private let state = Mutex(State())
    /// Places for pieces that were not taken yet. Made with none and given its eight afterwards: Dispatch stops the
    /// program where a semaphore goes with less than it was made with, and whoever stops reading leaves pieces behind.
    private let room = DispatchSemaphore(value: 0)

    /// Nothing was taken for ``patience`` seconds.
    struct Stalled: Error {}

    /// How many seconds a piece may wait for room. Whoever makes the pieces keeps a snapshot of the database meanwhile, and what
    /// is written piles up behind it. A disk that has to spin up takes some twenty seconds, a stopped process for ever.
    static let patience = 30

    init() { for _ in 0..<8 { room.signal() } }

    /// Waits for room. Throws `CancellationError` once nobody reads any more, ``Stalled`` where nothing is taken.
    func put(_ bytes: [UInt8]) throws {
        guard room.wait(timeout: .now() + .seconds(Self.patience)) == .success else { throw Stalled() }
        try add(bytes)
    }

    /// Puts one last piece, room or not: whoever was too slow is to learn it.
    func putLast(_ bytes: [UInt8]) throws { try add(bytes) }

    private func add(_ bytes: [UInt8]) throws {
        let (reader, isOver) = state.withLock { state in
            if state.isOver { return (nil as CheckedContinuation<ByteBuffer?, Never>?, true) }
            if state.reader == nil { state.pieces.append(ByteBuffer(bytes: bytes)) }
            defer { state.reader = nil }
            return (state.reader, false)
        }
        guard !isOver else {
            room.signal()
            throw CancellationError()
        }
        guard let reader else { return }
        room.signal()
        reader.resume(returning: ByteBuffer(bytes: bytes))
    }

    /// The next piece; nil after ``end()``. For one reader.
    func next() async -> ByteBuffer? {
        await withCheckedContinuation { continuation in
            let found: ByteBuffer?? = state.withLock { state in
                if !state.pieces.isEmpty { return .some(state.pieces.removeFirst()) }
                if state.isOver { return .some(nil) }
                state.reader = continuation
                return .none
            }
            guard let found else { return }
            if found != nil { room.signal() }
            continuation.resume(returning: found)
        }
    }

    /// Nothing more is written, or read: whichever side ends, the other is told.
    func end() {
        let reader = state.withLock { state in
            state.isOver = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
        room.signal()
    }
}
