import Casework
import Database
import Foundation
import Kernel
import Sealing

/// A copy as its row describes it, sealed under the key of the original's descriptor.
struct SealedCopy: Codable, Sendable {
    /// Why there is none; `nil` where there is one.
    var refused: String?
    /// The malware that the scanner named.
    var found: String?
    var shown: EvidenceCleaner.Shown?
    var note: String?
    var ending = ""
    /// The sizes of the parts, which lie one after the other in one sealed file.
    var lengths: [Int] = []
    /// Whose view it is marked with.
    var mark: String?
    var stored: String?
    /// The copy's own key, in hexadecimal.
    var key: String?

    func reader(in files: FileStore) throws -> SealedFileReader {
        guard let stored, let path = files.path(stored), let bytes = key.flatMap({ Hex.decode($0) }),
            let key = SecretKey(bytes: bytes)
        else { throw CasefileError.notFound }
        return try SealedFileReader(path: path, under: key, binding: .file(stored))
    }

    /// One part, counted from 1.
    func part(_ number: Int, in files: FileStore) throws -> [UInt8] {
        guard number >= 1, number <= lengths.count else { throw CasefileError.notFound }
        let offset = lengths.prefix(number - 1).reduce(Int64(0)) { $0 &+ Int64($1) }
        return try reader(in: files).bytes(lengths[number - 1], at: offset)
    }
}

/// Which copy of a file: the clean one, or one part of it with a viewer's mark.
struct CopyPlace: Sendable {
    var file: String
    var viewer = ""
    var part = 0

    fileprivate func binding(_ report: ReportID) -> Binding {
        Binding(report: report.description, field: "\(file) \(viewer) \(part)", purpose: "evidence copy")
    }
}

extension Casefile {
    /// A copy by today's recipe whose key is in hand; `nil` where it has to be made.
    func copy(_ place: CopyPlace, of located: LocatedFile, since: Instant? = nil) async throws -> SealedCopy? {
        let (version, earliest) = (cleaner.version, since ?? Instant(milliseconds: 0))
        let row = try await database.read { tx in
            try tx.first(
                """
                SELECT key_id, envelope FROM evidence_copy
                WHERE file_id = \(place.file) AND viewer = \(place.viewer) AND part = \(place.part)
                  AND recipe = \(version) AND made_at >= \(earliest)
                """)
        }
        guard let row, let key = located.open.key(try row.get("key_id")) else { return nil }
        let plain = try Envelope.open(
            try row.get("envelope"), under: key.secret, binding: place.binding(located.open.stored.id))
        return try JSONDecoder().decode(SealedCopy.self, from: Data(plain))
    }

    /// Seals parts into one file and writes the copy down; what it replaces is removed.
    @discardableResult
    func keep(
        _ copy: SealedCopy, parts: [[UInt8]], as place: CopyPlace, of located: LocatedFile
    ) async throws -> SealedCopy {
        var copy = copy
        var digest: String?
        if !parts.isEmpty {
            let stored = Identifier<SealedTag>.random().description
            guard let path = files.path(stored) else { throw CasefileError.notFound }
            let key = SecretKey.random()
            let writer = try SealedFileWriter(path: path, under: key, keyID: .random(), binding: .file(stored))
            for part in parts { try writer.append(part) }
            _ = try writer.finish()
            FileStore.blurTime(path)
            copy.lengths = parts.map(\.count)
            copy.stored = stored
            copy.key = Hex.encode(key.bytes)
            digest = Hex.encode(try SealedFile.digest(ofFileAt: path))
        }
        let envelope = try Envelope.seal(
            Array(JSONText.encode(copy).utf8), under: located.key.secret, keyID: located.key.id,
            binding: place.binding(located.open.stored.id))
        let (version, now, key, stored, sealed) = (cleaner.version, clock.now(), located.key.id, copy.stored, digest)
        do {
            let replaced = try await database.write { tx -> String? in
                let old: String? = try tx.first(
                    """
                    SELECT stored FROM evidence_copy
                    WHERE file_id = \(place.file) AND viewer = \(place.viewer) AND part = \(place.part)
                    """)?.maybe("stored")
                try tx.run(
                    """
                    DELETE FROM evidence_copy
                    WHERE file_id = \(place.file) AND viewer = \(place.viewer) AND part = \(place.part)
                    """)
                try tx.run(
                    """
                    INSERT INTO evidence_copy (file_id, viewer, part, recipe, stored, digest, key_id, made_at, envelope)
                    VALUES (\(place.file), \(place.viewer), \(place.part), \(version), \(stored), \(sealed), \(key),
                      \(now), \(envelope))
                    """)
                return old
            }
            if let replaced { files.remove(replaced) }
        } catch {
            if let stored { files.remove(stored) }
            throw error
        }
        return copy
    }

    /// Removes copies with a viewer's mark whose time is over, and answers how many.
    @discardableResult
    package func sweepCopies() async throws -> Int {
        let before = clock.now().adding(seconds: -Int64(cleaner.markedSeconds))
        let gone = try await database.write { tx -> [String] in
            let gone = try tx.rows(
                "SELECT stored FROM evidence_copy WHERE viewer <> '' AND made_at < \(before)"
            ).compactMap { try $0.maybe("stored", as: String.self) }
            try tx.run("DELETE FROM evidence_copy WHERE viewer <> '' AND made_at < \(before)")
            return gone
        }
        for stored in gone { files.remove(stored) }
        return gone.count
    }
}
