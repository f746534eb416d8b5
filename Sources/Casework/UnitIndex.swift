import Kernel

/// Units that members of staff declared a tie with (任职回避单位), normalised once per picture of the world.
struct UnitIndex: Sendable {
    /// The declared name and, for names that people shorten (「县水务局」 of 「清棠县水务局」), its endings.
    private let names: [String: Set<StaffID>]
    private let endings: [String: Set<StaffID>]
    private let longest: Int

    /// Shorter words say too little: 「水务局」 is in every county.
    private static let shortest = 3
    private static let shortestEnding = 4

    init(_ staff: [Staff]) {
        var names: [String: Set<StaffID>] = [:]
        var endings: [String: Set<StaffID>] = [:]
        for person in staff {
            for unit in Set(person.units.map(PlainName.normalised)) where unit.count >= Self.shortest {
                names[unit, default: []].insert(person.id)
                var ending = unit.dropFirst()
                while ending.count >= Self.shortestEnding, ending.first?.isASCII == false {
                    endings[String(ending), default: []].insert(person.id)
                    ending = ending.dropFirst()
                }
            }
        }
        self.names = names
        self.endings = endings
        longest = names.keys.map(\.count).max() ?? 0
    }

    /// Whoever is tied to a unit that a normalised field names, alone or among other words (「清棠县水务局财务科」).
    func staff(inPlain plain: String) -> Set<StaffID> {
        if names.isEmpty { return [] }
        var found = names[plain, default: []].union(endings[plain, default: []])
        let letters = Array(plain)
        for start in letters.indices where start == 0 || !letters[start].isASCII {
            for end in stride(from: start + Self.shortest, through: min(start + longest, letters.count), by: 1) {
                found.formUnion(names[String(letters[start..<end])] ?? [])
            }
        }
        return found
    }
}
