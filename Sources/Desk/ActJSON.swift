import Casefile
import Foundation

/// A JSON value as a client may send it for a field of an act.
struct ActJSON: Decodable {
    var input: ActInput

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        var input: ActInput = [:]
        for key in container.allKeys {
            if try container.decodeNil(forKey: key) { continue }
            input[key.stringValue] = try container.decode(FieldJSON.self, forKey: key).value
        }
        self.input = input
    }
}

/// One value: text, number, flag, list of texts, or list of objects. Numbers become their decimal text.
struct FieldJSON: Decodable {
    var value: InputValue

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if let flag = try? single.decode(Bool.self) {
            value = .flag(flag)
        } else if let number = try? single.decode(Int.self) {
            value = .text(String(number))
        } else if let text = try? single.decode(String.self) {
            value = .text(text)
        } else if let list = try? single.decode([String].self) {
            value = .list(list)
        } else {
            value = .items(try single.decode([ActJSON].self).map(\.input))
        }
    }
}

struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
