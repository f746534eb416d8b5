import Casework
import Database
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

/// Archived reports of a county, years later.
extension SmallWorld {
    static let signed = Reporter(name: "柳七娘", phone: "13800000000")

    /// Filed with a name and a file, kept on file for want of a result, and archived.
    @discardableResult
    func kept(_ reported: ReportedParty = clerkOfTheTown, title: String = "镇里截留补偿款") async throws -> Filed {
        let filed = try await casefile.file(
            Filing(organ: "Q", letter: Self.letter([reported], title: title), reporter: Self.signed))
        let reception = try casefile.files.receive(name: "账册.txt")
        try reception.append(Array("白鹭账册".utf8))
        try await casefile.attach(try reception.finish(), from: holder(filed))
        try await judge(filed.id, at: "q", way: "keep")
        try await act("keep", filed.id, "q.registrar")
        try await act("archive", filed.id, "q.registrar")
        return filed
    }

    /// About a cadre of the organ itself: received, kept on file and archived by internal supervision.
    func keptInternally() async throws -> Filed {
        let cadre = ReportedParty(kind: .person, name: "承办人Q", unit: "清棠县纪委", position: "科员", management: .other)
        let filed = try await casefile.file(Filing(organ: "Q", letter: Self.letter([cadre])))
        try await act("register", filed.id, "q.internal")
        try await act(
            "classify", filed.id, "q.internal",
            ["category": .text("no-substance"), "opinion": .text("没有具体线索")])
        try await act("propose", filed.id, "q.internal", ["way": .text("keep"), "opinion": .text("建议留存")])
        try await act("approve", filed.id, "q.deputy", ["opinion": .text("同意")])
        try await act("keep", filed.id, "q.internal")
        try await act("archive", filed.id, "q.internal")
        return filed
    }

    /// To the day after ten years of keeping have ended.
    func afterTenYears() { clock.advance(days: 3654) }

    /// Drawn up by the director, approved by both leaders.
    @discardableResult
    func approvedList() async throws -> DestructionListID {
        let list = try #require(try await casefile.drawDestructionLists(by: try self["q.director"]).first)
        for leader in ["q.deputy", "q.principal"] {
            try await casefile.approveDestruction(list, by: try self[leader])
        }
        return list
    }

    /// Every table with its rows, as the database holds them.
    func dump() async throws -> [String: [[Value]]] {
        try await casefile.database.read { tx in
            let names: SQL =
                tx.engine == .sqlite
                ? "SELECT name FROM sqlite_master WHERE type = 'table'"
                : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()"
            var found: [String: [[Value]]] = [:]
            for row in try tx.rows(names) {
                let name: String = try row.get("name")
                found[name] = try tx.rows("SELECT * FROM \(raw: name)").map(\.values)
            }
            return found
        }
    }

    func files() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder + "/files"))
    }

    /// The bytes of the database's own files, where it has some of its own.
    func bytesOfTheDatabase() async throws -> Data {
        let path = try await casefile.database.read { tx -> String? in
            guard tx.engine == .sqlite else { return nil }
            return try tx.first("SELECT file FROM pragma_database_list WHERE name = 'main'")?.get("file")
        }
        guard let path else { return Data() }
        return try [path, path + "-wal"].filter { FileManager.default.fileExists(atPath: $0) }
            .map { try Data(contentsOf: URL(fileURLWithPath: $0)) }.reduce(Data(), +)
    }
}

extension [String: [[Value]]] {
    /// The ids of a report's keys.
    func keys(of report: ReportID) -> Set<String> {
        Set((self["sealing_key"] ?? []).filter { $0.mentions([report.description]) }.flatMap(\.texts))
            .filter { $0.count == 36 && $0 != report.description }
    }

    /// Sealed bytes of a report, wherever they stand: by its id or by the id of one of its keys.
    func sealed(of report: ReportID) -> Set<[UInt8]> {
        let keys = keys(of: report)
        return Set(
            filter { !$0.key.hasPrefix("interference") }.values.joined()
                .filter { $0.mentions(keys.union([report.description])) }
                .flatMap { row in
                    row.compactMap { if case .bytes(let bytes) = $0, bytes.count > 32 { bytes } else { nil } }
                })
    }
}

extension [Value] {
    var texts: [String] { compactMap { if case .text(let text) = $0 { text } else { nil } } }
    func mentions(_ ids: Set<String>) -> Bool { texts.contains { text in ids.contains { text.contains($0) } } }
}

extension SmallWorld {
    /// Somebody declares one more relative: whether a report from before names that one nobody saw at its filing.
    func declareKin(_ username: String) async throws {
        guard var person = try await casefile.world().staff[try self[username].staff] else {
            throw WorldError.nobody(username)
        }
        person.kin.append(Kin(name: "祝远房", relation: "表兄"))
        try await casefile.change(staff: person)
    }
}
