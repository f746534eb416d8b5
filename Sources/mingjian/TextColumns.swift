import ArgumentParser
import Foundation
import Kernel

/// The texts of a CSV file's rows, and how the rows are called.
struct TextColumns {
    /// How a row is called, and what it says: the values of its text columns, one a line.
    struct Row {
        var id: String
        var text: String
    }

    let rows: [Row]
    let table: CSVTable

    /// Reads a file in UTF-8 or GB 18030. Ids are row numbers from 1 where no column is named, texts title and content.
    init(path: String, id: String? = nil, text: [String]) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read.")
        }
        guard let decoded = TextDecoding.decode(Array(data)) else {
            throw ValidationError("\(path) is neither UTF-8 nor GB 18030. Save it as UTF-8 and try again.")
        }
        let table: CSVTable
        do {
            table = try CSVTable(text: decoded)
        } catch {
            throw ValidationError("\(path) is no table that can be read: \(error).")
        }
        self.table = table
        let columns = try text.isEmpty ? Self.titleAndContent(table) : text.map { try Self.column($0, of: table) }
        let named = try id.map { try Self.column($0, of: table) }
        rows = table.rows.enumerated().map { number, row in
            Row(
                id: named.map { row.values[$0] } ?? String(number + 1),
                text: columns.map { row.values[$0] }.joined(separator: "\n"))
        }
    }

    /// The column of that name, or a message that names those there are.
    static func column(_ name: String, of table: CSVTable) throws -> Int {
        guard let column = table.column(name) else {
            throw ValidationError(
                "There is no column \(name). The columns are: \(table.header.joined(separator: ", ")).")
        }
        return column
    }

    private static func titleAndContent(_ table: CSVTable) throws -> [Int] {
        let title = table.column("title", "主题", "标题", "留言主题", "留言标题")
        let content = table.column("content", "详情", "内容", "留言详情", "留言内容")
        let found = [title, content].compactMap { $0 }
        guard !found.isEmpty else {
            throw ValidationError(
                "No column is called title or content. Name those to compare with --text. The columns are: "
                    + "\(table.header.joined(separator: ", ")).")
        }
        return found
    }
}
