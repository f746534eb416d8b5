import Crypto
import Foundation

/// A text with signatures below it (C2SP signed-note).
package struct SignedNote: Hashable, Sendable {
    package struct Signature: Hashable, Sendable {
        package var name: String
        /// The key's id in four bytes, and what its kind of signature is made of.
        package var bytes: [UInt8]

        package var keyID: [UInt8] { Array(bytes.prefix(4)) }

        package var line: String { "— \(name) \(Data(bytes).base64EncodedString())\n" }

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }

        /// Reads a line without its end.
        package init?(line: some StringProtocol) {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "—", NoteKey.isName(parts[1]),
                let data = Data(base64Encoded: String(parts[2])), data.count > 4,
                data.base64EncodedString() == parts[2]
            else { return nil }
            self.init(name: String(parts[1]), bytes: Array(data))
        }
    }

    /// Ends with a line's end.
    package var text: String
    package var signatures: [Signature]

    package init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// More are refused.
    private static let mostSignatures = 100
    private static let mostBytes = 1 << 20

    /// Reads a note; `nil` for what is none.
    package init?(_ whole: String) {
        let bytes = Array(whole.utf8)
        guard bytes.count <= Self.mostBytes, !bytes.contains(where: { $0 < 32 && $0 != 10 }), bytes.last == 10,
            let break_ = Self.lastEmptyLine(bytes)
        else { return nil }
        text = String(decoding: bytes[...break_], as: UTF8.self)
        let lines = String(decoding: bytes[(break_ + 2)...], as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast()
        let signatures = lines.compactMap { Signature(line: $0) }
        guard !signatures.isEmpty, signatures.count == lines.count, lines.count <= Self.mostSignatures else {
            return nil
        }
        self.signatures = signatures
    }

    /// Where the line ends before the last empty one.
    private static func lastEmptyLine(_ bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().last { bytes[$0] == 10 && bytes[$0 + 1] == 10 && $0 + 2 < bytes.count }
    }

    package var whole: String { text + "\n" + signatures.map(\.line).joined() }
}

/// A key that notes are checked with, as `name+id+base64` writes it.
package struct NoteKey: Hashable, Sendable {
    /// The kinds of signature that are known here.
    package enum Kind: UInt8, Sendable {
        case ed25519 = 1
        /// A witness's, with the time of its looking (C2SP tlog-cosignature).
        case cosignature = 4
    }

    package let name: String
    package let kind: Kind
    /// 32 bytes (RFC 8032).
    package let publicKey: [UInt8]

    package init?(name: String, kind: Kind, publicKey: [UInt8]) {
        guard Self.isName(name), publicKey.count == 32 else { return nil }
        self.name = name
        self.kind = kind
        self.publicKey = publicKey
    }

    /// Not empty, without spaces and plus signs.
    package static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && !name.unicodeScalars.contains { $0 == "+" || $0.value < 32 || $0.properties.isWhitespace }
    }

    /// The first four bytes of `SHA-256(name || 0x0A || kind || key)`.
    package var id: [UInt8] {
        Array(SHA256.hash(data: Array(name.utf8) + [10, kind.rawValue] + publicKey).prefix(4))
    }

    package var text: String {
        let hex = id.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return "\(name)+\(hex)+\(Data([kind.rawValue] + publicKey).base64EncodedString())"
    }

    /// Reads such a line; `nil` for one that is none, or whose id is not its key's.
    package init?(_ text: String) {
        let parts = text.split(separator: Character("+"), maxSplits: 2, omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 3, let data = Data(base64Encoded: parts[2]), let first = data.first,
            let kind = Kind(rawValue: first),
            let key = NoteKey(name: parts[0], kind: kind, publicKey: Array(data.dropFirst())), key.text == text
        else { return nil }
        self = key
    }

    /// Whether the note bears a signature of this key that holds; for a witness, the time that it names in seconds since
    /// 1970.
    package func check(_ note: SignedNote) -> Checked {
        let mine = note.signatures.filter { $0.name == name && $0.keyID == id }
        guard !mine.isEmpty else { return .unsigned }
        var time: UInt64?
        for signature in mine {
            let bytes = Array(signature.bytes.dropFirst(4))
            switch kind {
            case .ed25519: if !holds(bytes, over: Array(note.text.utf8)) { return .broken }
            case .cosignature:
                guard bytes.count == 72 else { return .broken }
                let moment = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                guard moment <= UInt64(Int64.max),
                    holds(Array(bytes.dropFirst(8)), over: Self.cosigned(note.text, at: moment))
                else { return .broken }
                time = max(time ?? 0, moment)
            }
        }
        return .holds(time: time)
    }

    package enum Checked: Hashable, Sendable {
        case holds(time: UInt64?)
        case unsigned
        /// There is one under this key's name and id, and it is not this key's.
        case broken
    }

    private func holds(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }

    /// What a witness signs.
    fileprivate static func cosigned(_ text: String, at time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
    }
}

/// A key that signs notes.
package struct NoteSigner: Sendable {
    package let key: NoteKey
    private let secret: Curve25519.Signing.PrivateKey

    /// - Parameter seed: 32 bytes (RFC 8032). `nil` for others, and for a name that keys may not have.
    package init?(name: String, kind: NoteKey.Kind, seed: [UInt8]) {
        guard let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
            let key = NoteKey(name: name, kind: kind, publicKey: Array(secret.publicKey.rawRepresentation))
        else { return nil }
        self.secret = secret
        self.key = key
    }

    /// Signs a text. `time` is for a witness: seconds since 1970.
    package func signature(of text: String, at time: UInt64 = 0) throws -> SignedNote.Signature {
        switch key.kind {
        case .ed25519:
            return .init(name: key.name, bytes: key.id + Array(try secret.signature(for: Array(text.utf8))))
        case .cosignature:
            let moment = withUnsafeBytes(of: time.bigEndian) { Array($0) }
            let signed = try secret.signature(for: NoteKey.cosigned(text, at: time))
            return .init(name: key.name, bytes: key.id + moment + Array(signed))
        }
    }
}
