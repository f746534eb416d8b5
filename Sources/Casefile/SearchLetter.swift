import Casework
import Kernel

/// Reads a letter as it was sealed (JSON, as ``JSONText`` writes it) without making values of all of it: searching opens
/// tens of thousands.
struct SearchLetter {
    /// One reported person or unit, in the bytes as they stand.
    struct Party: Equatable {
        var isUnit = false
        var name = ""
        var unit = ""
        var unitCode = ""
    }

    /// The fields that hold what a person told.
    private func isTold(_ key: Range<Int>) -> Bool {
        let key = bytes[key]
        return switch key.count {
        case 4: key.elementsEqual("name".utf8) || key.elementsEqual("unit".utf8)
        case 5: key.elementsEqual("title".utf8)
        case 6: key.elementsEqual("demand".utf8)
        case 7: key.elementsEqual("content".utf8)
        case 8: ["happened", "location", "unitCode", "position"].contains { key.elementsEqual($0.utf8) }
        default: false
        }
    }

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What a person told, folded, the fields apart so that no word lies across two.
    func folded(_ fold: SearchFold) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        eachString { key, value, isEscaped in
            guard isTold(key) else { return }
            if isEscaped {
                for scalar in unescaped(value).unicodeScalars { fold.append(scalar: scalar.value, to: &result) }
            } else {
                fold.append(bytes, in: value, to: &result)
            }
            result.append(0)
        }
        return result
    }

    /// The reported people and units, in order.
    func parties() -> [Party] {
        var result: [Party] = []
        var party = Party()
        eachString(ended: {
            if party != Party() { result.append(party) }
            party = Party()
        }) { key, value, _ in
            let key = bytes[key]
            if key.elementsEqual("kind".utf8) { party.isUnit = bytes[value].elementsEqual("unit".utf8) }
            if key.elementsEqual("name".utf8) { party.name = unescaped(value) }
            if key.elementsEqual("unit".utf8) { party.unit = unescaped(value) }
            if key.elementsEqual("unitCode".utf8) { party.unitCode = unescaped(value) }
        }
        return result
    }

    /// Calls `body` for each text with its key, and `ended` where an object closes.
    private func eachString(
        ended: () -> Void = {}, _ body: (_ key: Range<Int>, _ value: Range<Int>, _ isEscaped: Bool) -> Void
    ) {
        var place = 0
        var key: Range<Int>?
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "}"):
                ended()
                key = nil
            case UInt8(ascii: "\""):
                let start = place &+ 1
                var isEscaped = false
                place = start
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    if bytes[place] == UInt8(ascii: "\\") {
                        isEscaped = true
                        place &+= 1
                    }
                    place &+= 1
                }
                let text = start..<max(start, min(place, bytes.count))
                if place &+ 1 < bytes.count, bytes[place &+ 1] == UInt8(ascii: ":") {
                    key = text
                } else if let named = key {
                    body(named, text, isEscaped)
                    key = nil
                }
            default: break
            }
            place &+= 1
        }
    }

    private func unescaped(_ range: Range<Int>) -> String {
        var result = String.UnicodeScalarView()
        var units: [UInt16] = []
        func settle() {
            result.append(contentsOf: String(decoding: units, as: UTF16.self).unicodeScalars)
            units = []
        }
        let text = String(decoding: bytes[range], as: UTF8.self)
        var rest = text.unicodeScalars.makeIterator()
        while let scalar = rest.next() {
            guard scalar == "\\", let escaped = rest.next() else {
                settle()
                result.append(scalar)
                continue
            }
            guard escaped == "u" else {
                settle()
                result.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped == "r" ? "\r" : escaped)
                continue
            }
            var unit: UInt16 = 0
            for _ in 0..<4 {
                let digit = rest.next().flatMap { Character($0).hexDigitValue } ?? 0
                unit = unit << 4 | UInt16(truncatingIfNeeded: digit)
            }
            units.append(unit)
        }
        settle()
        return String(result)
    }
}

extension SearchNames {
    /// Under which names a letter's parties are found: `n` of people, `u` of units and their credit codes.
    func marks(of parties: [SearchLetter.Party]) -> [(kind: String, plain: String)] {
        var people: Set<String> = []
        var units: Set<String> = []
        for party in parties {
            if party.isUnit {
                units.formUnion(self.units(in: party.name))
            } else {
                people.formUnion(self.people(in: party.name))
            }
            units.formUnion(self.units(in: party.unit))
            if !party.unitCode.isEmpty { units.insert(fold.folded(party.unitCode)) }
        }
        return people.map { ("n", $0) } + units.map { ("u", $0) }
    }
}
