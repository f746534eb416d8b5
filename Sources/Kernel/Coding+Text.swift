extension Decoder {
    /// Decodes one string into a value that is written as text; the error names what was expected, never the input.
    func lossless<Value: LosslessStringConvertible>(_ expected: String) throws -> Value {
        let container = try singleValueContainer()
        guard let value = Value(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not \(expected)")
        }
        return value
    }
}

extension Encoder {
    /// Encodes a value as its text.
    func lossless(_ value: some LosslessStringConvertible) throws {
        var container = singleValueContainer()
        try container.encode(value.description)
    }
}
