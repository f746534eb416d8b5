import Foundation
import Kernel

/// How a language writes numbers in words, amounts of money, years and months: data, not code.
package struct NumeralTable: Sendable {
    /// What a character is in a number.
    enum Part: Equatable {
        case digit(Int)
        /// Ten, a hundred or a thousand of what stands before it.
        case unit(Double)
        /// 10⁴ or 10⁸ of all that stands before it.
        case myriad(Double)
    }

    /// Where the table comes from, and of when it is.
    package let source: String
    package let date: String
    let parts: [UInt16: Part]
    let money: [[UInt16]]
    let year: UInt16
    let month: UInt16

    private struct File: Decodable {
        var source: String
        var date: String
        var digits: [String: String]
        var tens: String
        var hundreds: String
        var thousands: String
        var myriads: String
        var myriadMyriads: String
        var money: [String]
        var year: String
        var month: String
    }

    /// Reads the JSON of `numbers.json`.
    package init(json: String) throws {
        let file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
        source = file.source
        date = file.date
        var parts: [UInt16: Part] = [:]
        for (digit, characters) in file.digits {
            guard let value = Int(digit), (0...9).contains(value) else { continue }
            for unit in characters.utf16 { parts[unit] = .digit(value) }
        }
        for unit in file.tens.utf16 { parts[unit] = .unit(10) }
        for unit in file.hundreds.utf16 { parts[unit] = .unit(100) }
        for unit in file.thousands.utf16 { parts[unit] = .unit(1000) }
        for unit in file.myriads.utf16 { parts[unit] = .myriad(1e4) }
        for unit in file.myriadMyriads.utf16 { parts[unit] = .myriad(1e8) }
        for digit in 0...9 { parts[UInt16(0x30 + digit)] = .digit(digit) }
        self.parts = parts
        money = file.money.map { Array($0.utf16) }
        year = file.year.utf16.first ?? 0
        month = file.month.utf16.first ?? 0
    }

    /// The table that comes with the software.
    package static func shipped() throws -> NumeralTable {
        try NumeralTable(json: ShippedFile.text("numbers.json", of: "Similarity"))
    }
}
