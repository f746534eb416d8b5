import Casework
import Database
import Foundation
import Kernel
import Sealing

/// How much of unfinished uploads is kept altogether, and for how long.
package enum CutUploadLimits {
    /// 2,000 uploads and 5 GB.
    static let count = 2000
    static let bytes: Int64 = 5 << 30
    /// So many of one owner: the next one takes the place of the oldest. Nobody fills the room of all others alone.
    static let ofOneOwner = 5
    /// So often may one file be cut.
    static let segments = 500
    static let seconds: Int64 = 86_400
}

/// How much of a file has arrived.
package struct KeptUpload: Sendable, Equatable {
    package var kept: Int64
    package var total: Int64
    package var isWhole: Bool { kept == total }

    package init(kept: Int64, total: Int64) {
        self.kept = kept
        self.total = total
    }
}

/// Why an upload cannot go on.
package enum CutUploadError: Error, Sendable, Equatable {
    /// It does not go on where it stopped; so much is kept, of so many bytes (0 of 0: nothing).
    case offset(KeptUpload)
    /// There are as many unfinished uploads as this installation holds.
    case full
}

/// One piece of a file on its way in, sealed as it comes; kept also where it is cut.
package final class UploadPiece: Sendable {
    fileprivate let upload: CutUpload
    fileprivate let owner: UploadOwner
    fileprivate let stored: String
    fileprivate let key: SecretKey
    fileprivate let path: String
    private let writer: SealedFileWriter

    fileprivate init(_ upload: CutUpload, of owner: UploadOwner, files: FileStore) throws {
        self.upload = upload
        self.owner = owner
        stored = Identifier<SealedTag>.random().description
        guard let path = files.path(stored) else { throw CasefileError.notFound }
        self.path = path
        key = .random()
        writer = try SealedFileWriter(path: path, under: key, keyID: .random(), binding: .file(stored))
    }

    package func append(_ bytes: [UInt8]) throws { try writer.append(bytes) }

    fileprivate func finish() throws -> CutUpload.Segment {
        let size = try writer.finish().size
        FileStore.blurTime(path)
        return CutUpload.Segment(stored: stored, key: Hex.encode(key.bytes), size: size)
    }
}

/// An unfinished upload as its row has it.
struct CutUpload: Sendable {
    struct Segment: Codable, Sendable {
        var stored: String
        var key: String
        var size: Int64
    }
    var id: String
    var owner: String
    var name: String
    var total: Int64
    var version: Int
    var key: SecretKey
    var wrap: [UInt8]
    var segments: [Segment]

    var state: KeptUpload { KeptUpload(kept: segments.reduce(0) { $0 + $1.size }, total: total) }

    /// What is sealed of it. Beside it stand size classes, so that the caps can be kept without a key.
    fileprivate struct Contents: Codable {
        var total: Int64
        var segments: [Segment]
    }
}

extension Casefile {
    /// How much of a file with this name is kept for its owner; `nil` for nothing to go on with. One that is there whole
    /// and was never put together, because the server went down in between, begins anew.
    package func kept(_ name: String, of owner: UploadOwner) async throws -> KeptUpload? {
        guard let state = try await load(name, owner)?.state, !state.isWhole else { return nil }
        return state
    }

    /// Goes on with an upload by at most so many bytes, or begins it at 0: anew, where another length was announced
    /// before. Throws ``CutUploadError/offset(_:)`` for any other place than where it stopped.
    package func goOn(
        _ name: String, of owner: UploadOwner, from offset: Int64, total: Int64, by most: Int64
    ) async throws -> UploadPiece {
        guard total > 0, total <= EvidenceLimits.bytes else { throw CasefileError.fileTooLarge }
        var known = try await load(name, owner)
        if let other = known, offset == 0, other.total != total || other.state.isWhole {
            try await forget([other.id])
            known = nil
        }
        let isNew = known == nil
        // Before a byte is taken, and once more when it is kept.
        guard try await database.read({ tx in try Self.hasRoom(for: most, isNew: isNew, tx) }) else {
            throw CutUploadError.full
        }
        if let known {
            guard known.total == total, known.state.kept == offset, known.segments.count < CutUploadLimits.segments
            else {
                throw CutUploadError.offset(known.state)
            }
            return try UploadPiece(known, of: owner, files: files)
        }
        guard offset == 0 else { throw CutUploadError.offset(KeptUpload(kept: 0, total: 0)) }
        try await makeRoom(for: owner)
        let (id, key) = (uploadID(name, owner), SecretKey.random())
        let wrap = try Wrap.seal(key.bytes, to: owner.privateKey.publicKey, binding: .upload(id, "key"))
        return try UploadPiece(
            CutUpload(
                id: id, owner: ownerID(owner), name: name, total: total, version: 0, key: key, wrap: wrap, segments: []),
            of: owner, files: files)
    }

    /// Keeps what has arrived of a piece, cut or whole, and says how much of the file is there now. Throws
    /// ``CutUploadError/offset(_:)`` where the same piece came over another line meanwhile, which happens when a cut one
    /// is noticed late: the sender goes on from there.
    @discardableResult
    package func keep(_ piece: UploadPiece) async throws -> KeptUpload {
        var upload = piece.upload
        upload.segments.append(try piece.finish())
        let segment = upload.segments[upload.segments.count - 1]
        let state = upload.state
        guard segment.size > 0, state.kept <= state.total else {
            files.remove(segment.stored)
            if segment.size > 0 { throw CasefileError.fileTooLarge }
            return state
        }
        do {
            guard try await write(upload, segment) else {
                throw CutUploadError.offset(
                    try await kept(upload.name, of: piece.owner) ?? KeptUpload(kept: 0, total: 0))
            }
        } catch {
            files.remove(segment.stored)
            throw error
        }
        return state
    }

    /// Answers whether it was written: not where another piece was, since this one began.
    private func write(_ upload: CutUpload, _ segment: CutUpload.Segment) async throws -> Bool {
        let envelope = try Envelope.seal(
            Array(JSONText.encode(CutUpload.Contents(total: upload.total, segments: upload.segments)).utf8),
            under: upload.key, keyID: .random(), binding: .upload(upload.id, "contents"))
        let now = clock.now().toTheHour
        let (total, size) = (SealedFile.sizeClass(of: upload.total), SealedFile.sizeClass(of: segment.size))
        return try await database.write { tx in
            guard try Self.hasRoom(for: size, isNew: upload.version == 0, tx) else { throw CutUploadError.full }
            let written =
                upload.version == 0
                ? try tx.changes(
                    """
                    INSERT INTO evidence_upload (id, owner, total, version, touched_at, wrap, envelope)
                    VALUES (\(upload.id), \(upload.owner), \(total), 1, \(now), \(upload.wrap), \(envelope))
                    ON CONFLICT (id) DO NOTHING
                    """)
                : try tx.changes(
                    """
                    UPDATE evidence_upload SET version = version + 1, touched_at = \(now), envelope = \(envelope)
                    WHERE id = \(upload.id) AND version = \(upload.version)
                    """)
            guard written == 1 else { return false }
            try tx.run(
                """
                INSERT INTO evidence_segment (stored, upload_id, size)
                VALUES (\(segment.stored), \(upload.id), \(size))
                """)
            return true
        }
    }

    private static func hasRoom(for size: Int64, isNew: Bool, _ tx: any Transaction) throws -> Bool {
        let held: Int64 =
            try tx.scalar("SELECT CAST(COALESCE(SUM(size), 0) AS INTEGER) FROM evidence_segment") ?? 0
        let count: Int = isNew ? try tx.scalar("SELECT COUNT(*) FROM evidence_upload") ?? 0 : 0
        return held &+ size <= CutUploadLimits.bytes && count < CutUploadLimits.count
    }

    /// Puts a file together that is there whole, as if it had come at once; throws `.fileType` for what is not taken.
    /// The pieces are gone afterwards.
    package func assemble(_ name: String, of owner: UploadOwner) async throws -> StagedFile {
        guard let upload = try await load(name, owner), upload.state.isWhole else { throw CasefileError.notFound }
        let reception = try files.receive(name: name)
        do {
            for segment in upload.segments {
                guard let path = files.path(segment.stored), let bytes = Hex.decode(segment.key),
                    let key = SecretKey(bytes: bytes)
                else { throw CasefileError.notFound }
                try SealedFileReader(path: path, under: key, binding: .file(segment.stored))
                    .forEachChunk { try reception.append($0) }
            }
            let staged = try reception.finish()
            try await forget([upload.id])
            return staged
        } catch {
            reception.abandon()
            if case CasefileError.fileType = error { try await forget([upload.id]) }
            throw error
        }
    }

    /// Removes unfinished uploads whose day is over.
    package func sweepUploads() async throws {
        let before = clock.now().adding(seconds: -CutUploadLimits.seconds)
        let old = try await database.read { tx in
            try tx.rows("SELECT id FROM evidence_upload WHERE touched_at < \(before)")
                .map { try $0.get("id", as: String.self) }
        }
        if !old.isEmpty { try await forget(old) }
    }

    /// Removes what is unfinished of an owner, such as a draft that was thrown away.
    package func forgetUploads(of owner: UploadOwner) async throws { try await forget(try await uploads(of: owner)) }

    private func makeRoom(for owner: UploadOwner) async throws {
        let old = try await uploads(of: owner).dropLast(CutUploadLimits.ofOneOwner - 1)
        if !old.isEmpty { try await forget(Array(old)) }
    }

    /// Oldest first, as far as hours tell.
    private func uploads(of owner: UploadOwner) async throws -> [String] {
        let owner = ownerID(owner)
        return try await database.read { tx in
            try tx.rows("SELECT id FROM evidence_upload WHERE owner = \(owner) ORDER BY touched_at, id")
                .map { try $0.get("id") }
        }
    }

    private func forget(_ ids: [String]) async throws {
        let stored = try await database.write { tx -> [String] in
            let stored = try tx.rows("SELECT stored FROM evidence_segment WHERE upload_id IN \(list: ids)")
                .map { try $0.get("stored", as: String.self) }
            try tx.run("DELETE FROM evidence_segment WHERE upload_id IN \(list: ids)")
            try tx.run("DELETE FROM evidence_upload WHERE id IN \(list: ids)")
            return stored
        }
        for name in stored { files.remove(name) }
    }

    private func uploadID(_ name: String, _ owner: UploadOwner) -> String {
        Hex.encode(KeyedHash.hmac(key: keys.index, parts: ["upload", owner.name, owner.chosen, name]))
    }

    private func ownerID(_ owner: UploadOwner) -> String {
        Hex.encode(KeyedHash.hmac(key: keys.index, parts: ["owner of uploads", owner.name]))
    }

    private func load(_ name: String, _ owner: UploadOwner) async throws -> CutUpload? {
        let id = uploadID(name, owner)
        let since = clock.now().adding(seconds: -CutUploadLimits.seconds)
        let row = try await database.read { tx in
            try tx.first("SELECT * FROM evidence_upload WHERE id = \(id) AND touched_at >= \(since)")
        }
        guard let row else { return nil }
        let wrap: [UInt8] = try row.get("wrap")
        guard let key = SecretKey(bytes: try Wrap.open(wrap, with: owner.privateKey, binding: .upload(id, "key")))
        else {
            throw CasefileError.keyMissing
        }
        let plain = try Envelope.open(try row.get("envelope"), under: key, binding: .upload(id, "contents"))
        let contents = try JSONDecoder().decode(CutUpload.Contents.self, from: Data(plain))
        return CutUpload(
            id: id, owner: try row.get("owner"), name: name, total: contents.total,
            version: try row.get("version"), key: key, wrap: wrap, segments: contents.segments)
    }
}

extension Binding {
    fileprivate static func upload(_ id: String, _ part: String) -> Binding {
        Binding(report: id, field: part, purpose: "unfinished upload")
    }
}
