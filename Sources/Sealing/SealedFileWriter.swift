import Crypto
import Kernel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Seals a file as its bytes come in. They go to a temporary file beside the place, which ``finish()`` puts there whole
/// and durable; a writer that is abandoned, or forgotten, leaves nothing. Calls block on the disk.
package final class SealedFileWriter: Sendable {
    private struct State {
        let file: FileDescriptor
        var chunks: SealedChunks
        var size: Int64 = 0
        var hash = SHA256()
    }

    private let path: String
    private let temporary: String
    /// Nil once finished, abandoned or failed.
    private let state: Mutex<State?>

    /// Begins a file that will stand at `path`, in a folder that exists. What stands there is replaced at the end.
    package init(
        path: String, under key: SecretKey, keyID: KeyID, binding: Binding, algorithm: SealingAlgorithm = .present
    ) throws {
        self.path = path
        temporary = "\(path).\(Hex.encode(SecretKey.random().bytes.prefix(8))).part"
        let file = try FileDescriptor(creating: temporary)
        do {
            let chunks = try SealedChunks(
                under: key, keyID: keyID, binding: binding, algorithm: algorithm, file.write)
            state = Mutex(State(file: file, chunks: chunks))
        } catch {
            unlink(temporary)
            throw error
        }
    }

    deinit { abandon() }

    /// Takes the next bytes. After an error the file is gone and every further call is ``SealingError/closed``.
    package func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }

    /// Takes the next bytes from a buffer that need not outlive the call.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        try whileOpen { state in
            state.hash.update(bufferPointer: bytes)
            state.size &+= Int64(bytes.count)
            try state.chunks.append(bytes, state.file.write)
        }
    }

    /// Puts the file in its place, durably, and says what it holds.
    package func finish() throws -> SealedFile.Summary {
        try whileOpen { state in
            try state.chunks.finish(state.file.write)
            try state.file.synchronise()
            _ = try FileDescriptor.checked("rename", path) { rename(temporary, path) }
        }
        // From here on the name is taken: a failure below must not delete what others may see.
        let ended = state.withLock { state in
            defer { state = nil }
            return state
        }
        guard let ended else { throw SealingError.closed }
        try FileDescriptor.synchroniseFolder(FileDescriptor.folder(of: path))
        return SealedFile.Summary(size: ended.size, sha256: Array(ended.hash.finalize()))
    }

    /// Deletes what was written; after ``finish()`` it does nothing.
    package func abandon() {
        state.withLock { state in
            guard state != nil else { return }
            state = nil
            unlink(temporary)
        }
    }

    private func whileOpen(_ work: (inout sending State) throws -> Void) throws {
        try state.withLock { state in
            guard var open = state else { throw SealingError.closed }
            state = nil
            do { try work(&open) } catch {
                unlink(temporary)
                throw error
            }
            state = open
        }
    }
}
