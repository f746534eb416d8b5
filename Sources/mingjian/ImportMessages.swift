import Administration
import ArgumentParser
import Casefile
import Casework
import Foundation
import Kernel
import Sealing
import WorkingDays

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings in the institution's lists, or messages from another system.",
        subcommands: [Organs.self, Offices.self, StaffList.self, Regions.self, WorkingDays.self, Messages.self])

    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ValidationError("\(path) is not UTF-8. Save it as UTF-8 and try again; nothing was imported.")
        }
        return text
    }

    struct Organs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Organs from a CSV file.")
        @OptionGroup var place: PlaceOptions
        @Argument var file: String
        func run() async throws {
            try await ImportListCommand(list: "organs", text: try Import.read(file)).execute(at: place.place)
        }
    }

    struct Offices: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Offices from a CSV file.")
        @OptionGroup var place: PlaceOptions
        @Argument var file: String
        func run() async throws {
            try await ImportListCommand(list: "offices", text: try Import.read(file)).execute(at: place.place)
        }
    }

    struct StaffList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "staff", abstract: "Staff from a CSV file; prints one-time passwords of those who are new.")
        @OptionGroup var place: PlaceOptions
        @Argument var file: String
        func run() async throws {
            try await ImportListCommand(list: "staff", text: try Import.read(file)).execute(at: place.place)
        }
    }

    struct Regions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Region codes from a TSV file, in force after the next start.")
        @OptionGroup var place: PlaceOptions
        @Argument var file: String
        func run() async throws {
            try await ImportListCommand(list: "regions", text: try Import.read(file)).execute(at: place.place)
        }
    }

    struct Messages: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Files each row of a CSV file as a report; rows that are known already are skipped.")
        @OptionGroup var place: PlaceOptions
        @Argument var file: String
        @Option(help: "Code of the receiving organ.") var organ: String
        @Flag(help: "Print the outcome as JSON.") var json = false
        func run() async throws {
            try await ImportMessagesCommand(text: try Import.read(file), organ: organ, json: json)
                .execute(at: place.place)
        }
    }
}

/// The institution's own lists.
struct ImportListCommand: InstallationCommand {
    static let name = "import-list"
    var list: String
    var text: String

    func run(_ installation: Installation) async throws -> CommandAnswer {
        let casefile = installation.casefile
        let result: ImportResult
        switch list {
        case "organs": result = try await InstitutionImport.organs(csv: text, into: casefile)
        case "offices": result = try await InstitutionImport.offices(csv: text, into: casefile)
        case "staff": result = try await InstitutionImport.staff(csv: text, into: casefile)
        default:
            let count = try await OpenDataImport.regions(text: text, into: casefile)
            return CommandAnswer(text: "\(count) regions stored; in force after the next start")
        }
        var lines = ["added \(result.added), changed \(result.changed), refused \(result.bad.count)"]
        lines += result.bad.map { "line \($0.line)\t\($0.column)\t\($0.why)" }
        lines += result.passwords.map { "\($0.username)\t\($0.oneTimePassword)" }
        return CommandAnswer(text: lines.joined(separator: "\n"), exitCode: result.bad.isEmpty ? 0 : 1)
    }
}

/// Messages of the public from another system, one report a row.
struct ImportMessagesCommand: InstallationCommand {
    static let name = "import-messages"
    var text: String
    var organ: String
    var json: Bool

    struct Outcome: Codable {
        struct Bad: Codable {
            var line: Int
            var column: String
            var why: String
        }
        var filed = 0
        var skipped = 0
        var bad: [Bad] = []
    }

    func run(_ installation: Installation) async throws -> CommandAnswer {
        let casefile = installation.casefile
        guard let receiver = try await casefile.world().organ(code: organ) else {
            return CommandAnswer(text: "There is no organ with the code \(organ).", exitCode: 2)
        }
        let table = try CSVTable(text: text)
        let columns = try MessageColumns(table.header)
        var outcome = Outcome()
        for row in table.rows {
            do {
                let message = try columns.message(row)
                let mark = KeyedHash.hmac(
                    key: casefile.keys.index,
                    parts: ["imported message", receiver.code]
                        + (message.id.map { ["id", $0] } ?? ["text", message.title, message.content, message.time]))
                let letter = Letter(
                    title: message.title, content: message.content,
                    reported: [], dated: message.dated, sourceID: message.id)
                let filed = try await casefile.fileImported(
                    Filing(organ: receiver.code, letter: letter, channel: .other), mark: mark)
                if filed == nil { outcome.skipped += 1 } else { outcome.filed += 1 }
            } catch let fault as MessageFault {
                outcome.bad.append(.init(line: row.line, column: fault.column, why: fault.why))
            } catch let error as CasefileError where !error.namesFields {
                outcome.bad.append(.init(line: row.line, column: "", why: "\(error)"))
            } catch CasefileError.invalid(let faults) {
                outcome.bad.append(
                    .init(line: row.line, column: faults.first?.field ?? "", why: faults.first?.reason ?? "invalid"))
            }
        }
        return CommandAnswer(text: try describe(outcome))
    }

    private func describe(_ outcome: Outcome) throws -> String {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try encoder.encode(outcome), as: UTF8.self)
        }
        let lines = outcome.bad.map { "line \($0.line)\t\($0.column)\t\($0.why)" }
        return (["filed \(outcome.filed), skipped \(outcome.skipped), bad \(outcome.bad.count)"] + lines)
            .joined(separator: "\n")
    }
}

/// Why a row was not filed.
struct MessageFault: Error {
    var column: String
    var why: String
}

/// Finds the columns of a message file by their names; a 留言 prefix is accepted, answers are left alone.
struct MessageColumns {
    private let title: Int?
    private let content: Int
    private let time: Int?
    private let id: Int?

    init(_ header: [String]) throws {
        func column(_ names: [String]) -> Int? {
            header.firstIndex { cell in
                let name = Digits.folded(cell).trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
                return names.contains(name) || names.contains { name == "留言" + $0 }
            }
        }
        title = column(["title", "主题", "标题"])
        time = column(["time", "时间"])
        id = column(["id", "编号"])
        guard let content = column(["content", "详情", "内容"]) else {
            throw ValidationError("The file has no column for the content (content, 详情 or 内容). Nothing was imported.")
        }
        self.content = content
    }

    struct Message {
        var id: String?
        var title: String
        var content: String
        var time: String
        var dated: String?
    }

    func message(_ row: CSVTable.Row) throws -> Message {
        func cell(_ index: Int?) -> String { index.flatMap { row.values.count > $0 ? row.values[$0] : nil } ?? "" }
        let content = cell(content)
        let plain = content.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !plain.isEmpty else { throw MessageFault(column: "content", why: "the content is empty") }
        let written = cell(title).trimmingCharacters(in: .whitespacesAndNewlines)
        let time = cell(time).trimmingCharacters(in: .whitespacesAndNewlines)
        let dated = try dated(time)
        let number = cell(id).trimmingCharacters(in: .whitespacesAndNewlines)
        return Message(
            id: number.isEmpty ? nil : number,
            title: String((written.isEmpty ? plain : written).prefix(FilingLimits.title)), content: content,
            time: time, dated: dated)
    }

    /// "2017-06-08 17:31:20" or "2019/4/25 9:32:09"; the day alone is enough.
    private func dated(_ text: String) throws -> String? {
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let day = Day(String(first)) else {
            throw MessageFault(column: "time", why: "\(text.prefix(40)) is not a date")
        }
        guard parts.count == 2 else { return day.text }
        let clock = parts[1].split(separator: ":").map { Int($0) ?? -1 }
        guard (2...3).contains(clock.count), (0...23).contains(clock[0]),
            clock.dropFirst().allSatisfy({ (0...59).contains($0) })
        else { throw MessageFault(column: "time", why: "\(text.prefix(40)) is not a time") }
        let padded = clock.map { $0 < 10 ? "0\($0)" : String($0) }
        return day.text + " " + padded.joined(separator: ":")
    }
}
