import Kernel

/// Why a table of exceptions could not be read; lines count from 1.
package enum WorkingDayTableError: Error, Hashable {
    /// The header lacks `# years: 2027` or `# years: 2004-2026`, or it says something else.
    case years
    /// The line is not `date,name,isOffDay`.
    case columns(line: Int)
    /// The first column is no day of 1900 to 2200.
    case date(line: Int)
    /// The last column is neither `true` nor `false`.
    case flag(line: Int)
    /// The day stood on an earlier line already.
    case duplicate(line: Int)
}

extension WorkingDayTable {
    /// Reads lines of `date,name,isOffDay` in any order, after header lines that begin with `#` and among which
    /// `# years:` names what the table covers. Days that are no exceptions, such as the Saturday of a
    /// holiday, fall away.
    package init(csv text: String) throws(WorkingDayTableError) {
        let file = HeaderedText(text)
        let years = try Self.years(file.header["years"] ?? "")
        var found: [Day: DayException] = [:]
        for line in file.lines where line.text != "date,name,isOffDay" {
            let columns = line.text.split(separator: ",", omittingEmptySubsequences: false)
            guard columns.count == 3 else { throw .columns(line: line.number) }
            guard let day = Day(String(columns[0])) else { throw .date(line: line.number) }
            guard let isOffDay = Bool(columns[2].lowercased()) else { throw .flag(line: line.number) }
            let exception = DayException(day: day, name: String(columns[1]), isOffDay: isOffDay)
            guard found.updateValue(exception, forKey: day) == nil else { throw .duplicate(line: line.number) }
        }
        self.init(
            exceptions: found.values.filter(\.isException).sorted { $0.day < $1.day }, years: years,
            source: file.header["source"] ?? "", licence: file.header["licence"] ?? "",
            date: file.header["date"].flatMap { Day($0) })
    }

    /// The table that comes with the software.
    package static func shipped() throws -> WorkingDayTable {
        try WorkingDayTable(csv: ShippedFile.text("working-days.csv", of: "WorkingDays"))
    }

    /// This table with another one's years in place of its own. Days of other years there, such as the previous
    /// December that a notice changes, are added or replaced one by one.
    package func merging(_ other: WorkingDayTable) -> WorkingDayTable {
        let replaced = Set(other.exceptions.map(\.day))
        let kept = exceptions.filter { !other.years.contains($0.day.year) && !replaced.contains($0.day) }
        return WorkingDayTable(
            exceptions: (kept + other.exceptions).sorted { $0.day < $1.day }, years: years.union(other.years),
            source: Self.joined(source, other.source), licence: Self.joined(licence, other.licence),
            date: [date, other.date].compactMap(\.self).max())
    }

    /// Both, or one where they say the same.
    private static func joined(_ one: String, _ other: String) -> String {
        let parts = one.split(separator: ";").map { $0.drop(while: \.isWhitespace) }
        return other.isEmpty || parts.contains(other[...]) ? one : one.isEmpty ? other : one + "; " + other
    }

    /// Whether no year is missing between the first and the last: only such a table has a text.
    package var isContiguous: Bool {
        guard let first = years.min(), let last = years.max() else { return false }
        return last &- first &+ 1 == years.count
    }

    /// The table in the form in which it is read.
    package var csv: String {
        var lines = ["# source: \(source)", "# licence: \(licence)"]
        if let date { lines.append("# date: \(date)") }
        lines.append("# years: \(years.min() ?? 0)-\(years.max() ?? 0)")
        lines.append("# date,name,isOffDay")
        lines += exceptions.map { "\($0.day),\($0.name),\($0.isOffDay)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same with a table still to be read: an imported notice.
    package func merging(csv text: String) throws(WorkingDayTableError) -> WorkingDayTable {
        merging(try WorkingDayTable(csv: text))
    }

    private static func years(_ text: String) throws(WorkingDayTableError) -> Set<Int> {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard bounds.count <= 2, let first = bounds.first ?? nil, let last = bounds.last ?? nil, first <= last,
            first >= Day.first.year, last <= Day.last.year
        else { throw .years }
        return Set(first...last)
    }
}
