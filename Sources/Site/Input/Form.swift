package import Hummingbird

/// Why a form's bytes were refused.
package enum FormError: Error, Equatable, SiteErrorConvertible {
    case tooLarge, tooManyFields, brokenEscape, notUTF8, nul

    package var siteError: SiteError {
        switch self {
        case .tooLarge: .tooLarge
        case .tooManyFields: .tooLarge("errors.form.too-many-fields")
        case .brokenEscape: .malformed("errors.form.escape")
        case .notUTF8: .malformed("errors.form.utf8")
        case .nul: .malformed("errors.form.nul")
        }
    }
}

/// An `application/x-www-form-urlencoded` body or a query, in the order in which it came.
///
/// Strict UTF-8, no NUL, at most ``maximumFields`` pairs; line ends become `\n`. Never traps, whatever the bytes.
package struct Form: Sendable, Equatable {
    /// How many pairs are taken.
    package static let maximumFields = 1000

    /// The pairs in their order; a key may stand several times.
    package let pairs: [(name: String, value: String)]
    private let index: [String: [Int]]

    /// A form made of given pairs, for tests and for redrawing a stored draft.
    package init(_ pairs: [(name: String, value: String)]) {
        self.pairs = pairs
        var index: [String: [Int]] = [:]
        for (position, pair) in pairs.enumerated() { index[pair.name, default: []].append(position) }
        self.index = index
    }

    /// Reads the bytes of a body or of a query.
    package init(parsing bytes: some Collection<UInt8>) throws(FormError) {
        var pairs: [(name: String, value: String)] = []
        for piece in bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            guard pairs.count < Self.maximumFields else { throw .tooManyFields }
            let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(halves.first ?? piece)
            let value = halves.count > 1 ? try Self.decoded(halves[1]) : ""
            pairs.append((name, value))
        }
        self.init(pairs)
    }

    private static func decoded(_ bytes: some Sequence<UInt8>) throws(FormError) -> String {
        guard let decoded = Percent.decode(bytes, plusIsSpace: true) else { throw .brokenEscape }
        return try text(decoded)
    }

    /// Strict UTF-8 without NUL, line ends as `\n`.
    static func text(_ bytes: [UInt8]) throws(FormError) -> String {
        guard !bytes.contains(0) else { throw .nul }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        guard bytes.contains(13) else { return text }
        var unix = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in text.unicodeScalars {
            if scalar == "\r" {
                unix.append("\n")
            } else if !(scalar == "\n" && wasReturn) {
                unix.append(scalar)
            }
            wasReturn = scalar == "\r"
        }
        return String(unix)
    }

    /// The first value of a name, as it was sent; nil where the name does not occur.
    package subscript(_ name: String) -> String? {
        index[name]?.first.map { pairs[$0].value }
    }

    /// All values of a name, in their order.
    package func all(_ name: String) -> [String] {
        (index[name] ?? []).map { pairs[$0].value }
    }

    /// The first value without white space around it; nil where nothing is left.
    package func filled(_ name: String) -> String? {
        guard let value = self[name] else { return nil }
        let rest = value.drop(while: \.isWhitespace)
        guard let end = rest.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(rest[...end])
    }

    /// Whether a box was ticked.
    package func isOn(_ name: String) -> Bool { filled(name) != nil }

    /// The fields of a repeated group: `reported-0-name`, `reported-0-unit`, `reported-2-name` give two forms, in the
    /// order of their numbers, with `name` and `unit` inside. Numbers above 999 are passed over.
    package func group(_ prefix: String) -> [(number: Int, fields: Form)] {
        var groups: [Int: [(name: String, value: String)]] = [:]
        for pair in pairs where pair.name.hasPrefix(prefix + "-") {
            let rest = pair.name.dropFirst(prefix.count + 1)
            guard let dash = rest.firstIndex(of: "-"), let number = Int(rest[..<dash]), (0...999).contains(number)
            else { continue }
            groups[number, default: []].append((String(rest[rest.index(after: dash)...]), pair.value))
        }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, Form($0.value)) }
    }

    package static func == (left: Form, right: Form) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0.name == $1.name && $0.value == $1.value }
    }
}

extension Request {
    /// The query, read like a form. Throws ``FormError`` for broken escapes.
    package var query: Form {
        get throws(FormError) { try Form(parsing: Array((uri.query ?? "").utf8)) }
    }
}
