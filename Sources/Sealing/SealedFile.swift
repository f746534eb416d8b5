import Crypto
import Foundation
import Kernel

/// The layout of sealed files: a header of version (1 byte), algorithm (1), key id (16) and random nonce prefix (7), then
/// chunks of 64 KiB plain text (the last one shorter), each followed by its tag. The plain text is what was given, zeros up
/// to a size class, and its true length in eight bytes: see ``FilePadding``. Files of the version before are what was given
/// and nothing else, their last chunk perhaps empty; they are read and no longer written.
///
/// A chunk's nonce is the prefix, its number (4 bytes) and 1 for the last chunk or else 0, after the STREAM
/// construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): chunks cannot be changed, swapped, left out, added or cut
/// off. Header and binding are authenticated with every chunk. With random prefixes of 56 bits, a key is good for some
/// millions of files; keys here belong to one report or one draft.
package enum SealedFile {
    /// Plain bytes in every chunk but the last.
    package static let chunkLength = 65536
    static let headerLength = 25

    /// SHA-256 of the sealed bytes as they lie on disk, 32 bytes: what can be checked without a key.
    package static func digest(ofFileAt path: String) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw SealingError.system(operation: "open", path: path, code: 2)
        }
        defer { try? file.close() }
        var hash = SHA256()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return Array(hash.finalize())
    }

    static let tagLength = 16

    /// What a finished file holds.
    package struct Summary: Hashable, Sendable {
        /// Bytes of plain text.
        package let size: Int64
        /// SHA-256 of the plain text, 32 bytes.
        package let sha256: [UInt8]
    }

    /// Of either version.
    static func algorithm(of header: [UInt8]) throws -> SealingAlgorithm {
        try (isBare(header) ? Format.bareFile : .file).algorithm(of: header)
    }

    /// Whether a file is of the version before and bears no padding.
    static func isBare(_ header: [UInt8]) -> Bool { header.first == Format.bareFile.rawValue }

    /// What a chunk is sealed with.
    struct Stream: Sendable {
        let algorithm: SealingAlgorithm
        let key: SymmetricKey
        let header: [UInt8]
        let authenticated: [UInt8]

        init(header: [UInt8], key: SecretKey, binding: Binding) throws {
            algorithm = try SealedFile.algorithm(of: header)
            guard header.count == SealedFile.headerLength else { throw SealingError.malformed }
            self.key = key.symmetric
            self.header = header
            authenticated = binding.authenticated(with: header)
        }

        private func nonce(_ index: UInt32, last: Bool) -> [UInt8] {
            var nonce = Array(header.suffix(7))
            nonce.append(bigEndian: index)
            nonce.append(last ? 1 : 0)
            return nonce
        }

        /// Ciphertext and tag; the nonce is not stored.
        func seal(_ plain: [UInt8], index: UInt32, last: Bool) throws -> [UInt8] {
            let nonce = nonce(index, last: last)
            let sealed = try algorithm.seal(plain, under: key, nonce: nonce, authenticating: authenticated)
            return Array(sealed.dropFirst(nonce.count))
        }

        func open(_ sealed: [UInt8], index: UInt32, last: Bool) throws -> [UInt8] {
            try algorithm.open(nonce(index, last: last) + sealed, under: key, authenticating: authenticated)
        }
    }

    /// The key that a file says it was sealed under; true only once it has been opened.
    package static func keyID(ofFileAt path: String) throws -> KeyID {
        let header = try FileDescriptor(reading: path).read(headerLength, at: 0)
        _ = try algorithm(of: header)
        guard let id = KeyID(bytes: header.dropFirst(2).prefix(16)) else { throw SealingError.malformed }
        return id
    }
}
