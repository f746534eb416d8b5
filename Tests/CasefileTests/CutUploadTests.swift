import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `Files that come in pieces` {
    private let one = UploadOwner("draft 1", .generate())
    private let other = UploadOwner("draft 2", .generate())
    private let bytes = Array("没有收条".utf8)

    /// Sends a file up to some byte of it.
    private func send(_ name: String, of owner: UploadOwner, upTo end: Int, _ world: SmallWorld) async throws {
        let from = Int(try await world.casefile.kept(name, of: owner)?.kept ?? 0)
        let piece = try await world.casefile.goOn(
            name, of: owner, from: Int64(from), total: Int64(bytes.count), by: Int64(end - from))
        try piece.append(Array(bytes[from..<end]))
        _ = try await world.casefile.keep(piece)
    }

    private func files(_ world: SmallWorld) async throws -> Int {
        try await world.casefile.database.read { tx in
            try tx.scalar("SELECT COUNT(*) AS n FROM evidence_segment") ?? 0
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `nobody fills the room of all others: the sixth of one owner takes the place of the first`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            try await send("收条.txt", of: other, upTo: 3, world)
            for mark in 1...6 { try await send("录音.txt", of: one.choosing("\(mark)"), upTo: 3, world) }
            #expect(try await files(world) == 1 + CutUploadLimits.ofOneOwner)
            #expect(try await world.casefile.kept("录音.txt", of: one.choosing("6"))?.kept == 3)
            #expect(try await world.casefile.kept("收条.txt", of: other)?.kept == 3, "somebody else's is untouched")
            try await world.casefile.forgetUploads(of: one)
            #expect(try await files(world) == 1, "what was thrown away with a draft is gone")
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a file that had come whole when the server went down is sent again`(_ engine: Engine) async throws {
        try await withWorld(engine) { world in
            try await send("收条.txt", of: one, upTo: 3, world)
            try await send("收条.txt", of: one, upTo: bytes.count, world)
            #expect(try await world.casefile.kept("收条.txt", of: one) == nil, "there is nothing to go on with")
            try await send("收条.txt", of: one, upTo: bytes.count, world)
            let file = try await world.casefile.assemble("收条.txt", of: one)
            #expect(file.size == Int64(bytes.count) && file.name == "收条.txt")
            #expect(try await files(world) == 0)
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `a piece whose line was cut and that is noticed late refuses nothing of the one that came after it`(
        _ engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            for from in [0, 3] {
                var pieces: [UploadPiece] = []
                for _ in 1...2 {
                    pieces.append(
                        try await world.casefile.goOn(
                            "收条.txt", of: one, from: Int64(from), total: Int64(bytes.count), by: 3))
                    try pieces[pieces.count - 1].append(Array(bytes[from..<from + 3]))
                }
                _ = try await world.casefile.keep(pieces[0])
                let kept = KeptUpload(kept: Int64(from + 3), total: Int64(bytes.count))
                await #expect(throws: CutUploadError.offset(kept), "the sender hears where to go on") {
                    try await world.casefile.keep(pieces[1])
                }
                #expect(try await files(world) == from / 3 + 1, "nothing of the late one is left")
            }
            try await send("收条.txt", of: one, upTo: bytes.count, world)
            #expect(try await world.casefile.assemble("收条.txt", of: one).size == Int64(bytes.count))
        }
    }
}
