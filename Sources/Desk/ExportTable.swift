import Casefile
import Casework
import Kernel
import Site

/// A list as a table for a spreadsheet: comma-separated (RFC 4180), UTF-8 with the byte order mark that Excel asks for,
/// the first line saying who made it, when, under which number and with how many rows.
struct ExportTable: Sendable {
    let workflow: Workflow
    let texts: Catalogue

    func draw(_ items: [InboxItem], _ head: ExportHead) -> [UInt8] {
        let language = texts.language.rawValue
        func label(_ name: String) -> String { texts.text("exports.table.\(name)") }
        let maker = texts.language == .en ? head.maker.nameEnglish : head.maker.name
        let organ = texts.language == .en ? head.organ.nameEnglish : head.organ.name
        var lines = [
            [
                label("made-by"), "\(maker) (\(head.maker.username)), \(organ)", label("at"), head.at.shortText,
                label("number"), head.number, label("rows"), String(items.count),
            ],
            ["report", "title", "stage", "received", "due", "marks"].map(label),
        ]
        lines += items.map { item in
            let row = QueueItem(item, workflow: workflow, texts: texts, language: language)
            let overdue = row.isOverdue ? "\(texts.text("desk.overdue")) " : ""
            return [
                row.number ?? "", row.title, row.stage, row.received, row.due.map { overdue + $0 } ?? "",
                row.marks.map(\.label).joined(separator: texts.text("desk.list.items")),
            ]
        }
        let text = lines.map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
        return [0xEF, 0xBB, 0xBF] + Array(text.utf8)
    }

    /// What a spreadsheet would take for a formula stands behind an apostrophe, also where space or what is not seen is
    /// in front of it; every cell is one line. By code points, as spreadsheets read: to Swift a quotation mark with an
    /// accent is another character.
    static func cell(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control || ["\u{2028}", "\u{2029}"].contains(scalar)
            line.append(isControl ? " " : scalar)
            if scalar == "\"" { line.append(scalar) }
        }
        let isDefused = line.first { !isUnseen($0) }.map { "=+-@＝＋－＠".unicodeScalars.contains($0) } ?? false
        return "\"" + (isDefused ? "'" : "") + String(line) + "\""
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
            || [.format, .nonspacingMark, .enclosingMark].contains(properties.generalCategory)
    }
}
