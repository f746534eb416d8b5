import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `A thief of the disk` {
    @Test func `finds no title, text, name, file or opinion in the database, its journal or the files`() async throws {
        try await withWorld(.sqlite) { world in
            let words = [
                "丹顶鹤标题", "丹顶鹤内容", "丹顶鹤诉求", "丹顶鹤被反映人", "丹顶鹤单位", "丹顶鹤职务", "丹顶鹤姓名",
                "19900004321", "丹顶鹤地址", "丹顶鹤文件名", "丹顶鹤证据", "丹顶鹤留言", "丹顶鹤意见", "丹顶鹤地点",
            ]
            var letter = Letter(
                title: words[0], content: words[1], demand: words[2], place: RegionCode("990101"),
                reported: [
                    ReportedParty(
                        kind: .person, name: words[3], unit: words[4], position: words[5], management: .county)
                ], happened: "2025年", location: words[13])
            letter.dated = nil
            let reception = try world.casefile.files.receive(name: words[9] + ".txt")
            try reception.append(Array(words[10].utf8))
            let filed = try await world.casefile.file(
                Filing(
                    organ: "Q", letter: letter,
                    reporter: Reporter(name: words[6], phone: words[7], address: words[8]),
                    files: [try reception.finish()]))
            try await world.act("register", filed.id, "q.registrar", ["note": .text(words[12])])
            try await world.casefile.message(words[11], from: world.holder(filed))
            let view = try #require(try await world.view(filed.id, "q.registrar"))
            #expect(view.letter == letter)
            #expect(view.files.map(\.name) == [words[9] + ".txt"])
            for (kind, word) in [(SearchKind.name, words[3]), (.unit, words[4]), (.text, words[1])] {
                #expect(try await world.found(kind, word, "q.registrar") == [filed.id])
            }
            let opened = try await world.casefile.file(
                named: words[9] + ".txt", of: filed.id, for: try world["q.registrar"])
            #expect(try opened.reader.chunk(0) == Array(words[10].utf8))

            var haystack: [UInt8] = []
            let place = try await world.casefile.database.read { tx -> String in
                try tx.rows("PRAGMA database_list").first?.get("file") ?? ""
            }
            #expect(!place.isEmpty)
            for path in [place, place + "-wal"] { haystack += FileManager.default.contents(atPath: path) ?? Data() }
            let folder = world.casefile.files.folder
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                haystack += Array(name.utf8) + (FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data())
            }
            // The search itself finds what is there in the open.
            #expect(haystack.contains(bytes: Array("清棠县纪委监委".utf8)))
            for word in words + [filed.receipt.digits, filed.receipt.grouped] {
                #expect(!haystack.contains(bytes: Array(word.utf8)), "\(word) lies open")
            }
        }
    }
}

extension [UInt8] {
    func contains(bytes needle: [UInt8]) -> Bool {
        Data(self).range(of: Data(needle)) != nil
    }
}
