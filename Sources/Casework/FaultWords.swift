/// Why a rule file is refused: a sentence with the names and numbers that fill it in kept apart, so that it can be told
/// in the language of whoever brought the file. Written as an ordinary string: `"\(name): no field \"\(field)\""`.
package struct FaultWords: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The English sentence, with `{1}`, `{2}`, … where something is filled in.
    package private(set) var pattern: String
    /// What is filled in, in order.
    package private(set) var values: [String]

    package init(pattern: String, values: [String]) { (self.pattern, self.values) = (pattern, values) }

    package init(stringLiteral value: String) { (pattern, values) = (value, []) }

    package init(stringInterpolation: StringInterpolation) {
        (pattern, values) = (stringInterpolation.pattern, stringInterpolation.values)
    }

    /// The name of the sentence in a catalogue: its words without what is filled in, and how much that is.
    package var key: String {
        let words = pattern.split { $0 == " " || $0 == "-" }.filter { !$0.contains("{") }
            .map { $0.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) } }
            .filter { !$0.isEmpty }
        return (words + (values.isEmpty ? [] : [String(values.count)])).joined(separator: "-")
    }

    /// What fills in the placeholders, by their names.
    package var arguments: [String: String] {
        Dictionary(uniqueKeysWithValues: values.enumerated().map { (String($0 + 1), $1) })
    }

    /// The sentence in English.
    package var english: String {
        values.enumerated().reversed().reduce(pattern) { text, value in
            text.replacing("{\(value.offset + 1)}", with: value.element)
        }
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pattern = ""
        fileprivate var values: [String] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) { pattern += literal }

        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            values.append(value.description)
            pattern += "{\(values.count)}"
        }

        package mutating func appendInterpolation(_ error: any Error) {
            appendInterpolation(String(describing: error))
        }

        /// A sentence inside another one.
        package mutating func appendInterpolation(_ words: FaultWords) {
            var inner = words.pattern
            for place in words.values.indices.reversed() {
                inner = inner.replacing("{\(place + 1)}", with: "{\(values.count + place + 1)}")
            }
            pattern += inner
            values += words.values
        }
    }
}
