import Casework
import Entrance
import Kernel

/// What came in, by the names of the columns of the import files; the forms use the same names.
typealias FieldValues = [String: String]

/// Reads fields one after the other and notes what is wrong with each. A field that did not come in at all keeps what
/// stands there now, so that a file without a column does not empty it.
struct FieldReader {
    private let values: FieldValues
    private(set) var problems: [DirectoryProblem] = []

    init(_ values: FieldValues) { self.values = values }

    mutating func note(_ field: String, _ fault: DirectoryFault) {
        problems.append(DirectoryProblem(field: field, fault: fault))
    }

    func has(_ field: String) -> Bool { values[field] != nil }

    func raw(_ field: String) -> String { (values[field] ?? "").trimmed }

    /// A line of text of at most `maximum` characters.
    mutating func line(_ field: String, or old: String? = nil, maximum: Int = 200, isRequired: Bool = true) -> String {
        if !has(field), let old { return old }
        let text = raw(field)
        if text.isEmpty, isRequired { note(field, .required) }
        if !Self.isPlain(text) { note(field, .text) }
        if text.count > maximum { note(field, .tooLong) }
        return text
    }

    /// A code of an organ or an office.
    mutating func code(_ field: String = "code") -> String {
        let text = raw(field)
        if text.isEmpty {
            note(field, .required)
        } else if text.utf8.count > 32 || !text.utf8.allSatisfy(Self.isCode) {
            note(field, .code)
        }
        return text
    }

    /// Names between semicolons or on lines of their own; at most 50, each once.
    mutating func list(_ field: String, or old: [String]) -> [String] {
        guard has(field) else { return old }
        var seen: Set<String> = []
        let items = raw(field).split { $0 == ";" || $0 == "；" || $0.isNewline }.map { String($0).trimmed }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
        if items.count > 50 || items.contains(where: { $0.count > 100 }) { note(field, .tooLong) }
        if !items.allSatisfy(Self.isPlain) { note(field, .text) }
        return items
    }

    /// Declared relatives, `name:relation` between semicolons or on lines of their own.
    mutating func kin(_ field: String = "kin", or old: [Kin]) -> [Kin] {
        guard has(field) else { return old }
        return list(field, or: []).compactMap { item in
            let halves = item.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == ":" || $0 == "：" }
                .map { String($0).trimmed }
            guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else {
                note(field, .kin)
                return nil
            }
            return Kin(name: halves[0], relation: halves[1])
        }
    }

    func finish() throws(DirectoryError) {
        var seen: Set<String> = []
        let first = problems.filter { seen.insert($0.field).inserted }
        if !first.isEmpty { throw DirectoryError(first) }
    }

    /// Without line breaks and without what cannot be seen, which makes two names look alike.
    static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: false
            default: true
            }
        }
    }

    private static func isCode(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
