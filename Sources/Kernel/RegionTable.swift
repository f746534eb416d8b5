/// One place by code and short official name.
package struct Region: Hashable, Sendable, Codable {
    /// The code.
    package let code: RegionCode
    /// The name without those of the places around it: 「朝阳区」.
    package let name: String

    /// A place.
    package init(code: RegionCode, name: String) {
        self.code = code
        self.name = name
    }
}

/// Why a table of regions could not be read; lines count from 1.
package enum RegionTableError: Error, Hashable {
    /// The line is not `code`, a tab, `name`.
    case columns(line: Int)
    /// The first column is no region code.
    case code(line: Int)
    /// The code stood on an earlier line already.
    case duplicate(line: Int)
    /// No line holds a region.
    case empty
}

/// The places of the country by code, held in one block of memory: 45,000 of them take about 1 MB.
package struct RegionTable: Sendable {
    /// Where the codes come from, or empty: the header line `# source: …`.
    package let source: String
    /// Their licence, or empty: `# licence: …`.
    package let licence: String
    /// The day they were taken: `# date: YYYY-MM-DD`.
    package let date: Day?

    /// Ascending; the name of the n-th ends at the n-th of ``ends`` in ``names``.
    let numbers: [UInt64]
    let ends: [UInt32]
    let names: [UInt8]

    /// Reads lines of `code`, tab, `name` in any order, after header lines that begin with `#`.
    package init(text: String) throws(RegionTableError) {
        let file = HeaderedText(text)
        var rows: [(number: UInt64, line: HeaderedText.Line, name: Substring)] = []
        rows.reserveCapacity(file.lines.count)
        for line in file.lines {
            let columns = line.text.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard columns.count == 2, !columns[1].isEmpty else { throw .columns(line: line.number) }
            guard let code = RegionCode(String(Substring(columns[0]))) else { throw .code(line: line.number) }
            rows.append((code.number, line, Substring(columns[1])))
        }
        guard !rows.isEmpty else { throw .empty }
        rows.sort { ($0.number, $0.line.number) < ($1.number, $1.line.number) }
        var numbers: [UInt64] = []
        var ends: [UInt32] = []
        var names: [UInt8] = []
        for row in rows {
            guard numbers.last != row.number else { throw .duplicate(line: row.line.number) }
            names.append(contentsOf: row.name.utf8)
            numbers.append(row.number)
            ends.append(UInt32(clamping: names.count))
        }
        (self.numbers, self.ends, self.names) = (numbers, ends, names)
        source = file.header["source"] ?? ""
        licence = file.header["licence"] ?? ""
        date = file.header["date"].flatMap { Day($0) }
    }

    /// The table that comes with the software, which an import may replace.
    package static func shipped() throws -> RegionTable {
        try RegionTable(text: ShippedFile.text("regions.tsv", of: "Kernel"))
    }

    /// The number of places.
    package var count: Int { numbers.count }

    /// The name of a place, or nil if the table does not have it.
    package func name(of code: RegionCode) -> String? {
        let index = position(of: code.number)
        guard index < numbers.count, numbers[index] == code.number else { return nil }
        return name(at: index)
    }

    /// The places right below one, or the provinces for nil, by code. Where a level is left out (districts of 北京,
    /// townships of 东莞) these are the next narrower places that there are.
    package func children(of code: RegionCode?) -> [Region] {
        var index = code.map { position(of: $0.number &+ 1) } ?? 0
        let end = code.map { position(of: $0.end) } ?? numbers.count
        var regions: [Region] = []
        while index < end {
            let child = RegionCode(number: numbers[index])
            regions.append(Region(code: child, name: name(at: index)))
            index = position(of: child.end)
        }
        return regions
    }

    /// The names from the province down, joined: 「北京市朝阳区建外街道」. Places that the table lacks are left out; nil if
    /// it lacks the place itself.
    package func fullName(of code: RegionCode) -> String? {
        guard let own = name(of: code) else { return nil }
        var parts = [own]
        var place = code
        while let parent = place.parent {
            if let name = name(of: parent) { parts.append(name) }
            place = parent
        }
        return parts.reversed().joined()
    }

    /// The index of the first number that is not smaller.
    private func position(of number: UInt64) -> Int {
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = low &+ (high &- low) / 2
            if numbers[middle] < number { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    private func name(at index: Int) -> String {
        let start = index == 0 ? 0 : Int(ends[index &- 1])
        return String(decoding: names[start..<Int(ends[index])], as: UTF8.self)
    }
}
