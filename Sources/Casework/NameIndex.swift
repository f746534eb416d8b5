import Kernel

/// The names of organs, staff and declared kin, normalised once per picture of the world.
struct NameIndex: Sendable {
    /// Each name once, with every organ that answers to it (「镇纪委」 is said in every town).
    private let organs: [(name: [UInt8], organs: Set<OrganID>)]
    /// The first characters of people's names: most fields have none of them.
    private let beginnings: Set<Character>
    /// The longest name of a person that is not written in Latin letters, in characters.
    private let longest: Int
    private let staff: [String: [StaffID]]
    private let kin: [String: [StaffID]]
    /// Units that staff declared a tie with.
    private let units: UnitIndex

    init(organs: [Organ], staff: [Staff]) {
        var names: [String: Set<OrganID>] = [:]
        for organ in organs {
            for alias in Set([organ.name, organ.shortName, organ.nameEnglish] + organ.aliases) {
                let plain = PlainName.normalised(alias)
                if plain.count >= 3 { names[plain, default: []].insert(organ.id) }
            }
        }
        self.organs = names.map { (Array($0.key.utf8), $0.value) }
        var people: [String: [StaffID]] = [:]
        var relatives: [String: [StaffID]] = [:]
        for person in staff {
            for name in Set(([person.name, person.nameEnglish] + person.aliases).map(PlainName.normalised))
            where name.count >= 2 {
                people[name, default: []].append(person.id)
            }
            for name in Set(person.kin.map { PlainName.normalised($0.name) }) where name.count >= 2 {
                relatives[name, default: []].append(person.id)
            }
        }
        self.staff = people
        units = UnitIndex(staff)
        kin = relatives
        beginnings = Set((Array(people.keys) + relatives.keys).compactMap(\.first))
        longest = (Array(people.keys) + relatives.keys).filter { $0.first?.isASCII == false }.map(\.count).max() ?? 0
    }

    /// The organs that `plain` (already normalised) names, and what is left of it without those names. An alias that
    /// stands inside a longer one does not count: 「清棠县纪委」 is not 「县纪委」 of every county; two organs named side
    /// by side are both named.
    func organsNamed(in plain: String) -> (organs: Set<OrganID>, rest: String) {
        let bytes = Array(plain.utf8)
        var found: [(place: Range<Int>, organs: Set<OrganID>)] = []
        for entry in organs {
            for start in bytes.places(of: entry.name) {
                found.append((start..<(start + entry.name.count), entry.organs))
            }
        }
        // Sorted so that whatever lies inside another comes after it: one pass leaves the outermost.
        found.sort { ($0.place.lowerBound, $1.place.upperBound) < ($1.place.lowerBound, $0.place.upperBound) }
        var organs: Set<OrganID> = []
        var rest: [UInt8] = []
        var end = 0
        for (place, named) in found where place.upperBound > end {
            organs.formUnion(named)
            if place.lowerBound > end { rest += bytes[end..<place.lowerBound] }
            end = place.upperBound
        }
        rest += bytes[end...]
        return (organs, String(decoding: rest, as: UTF8.self))
    }

    /// Staff whose name a normalised field holds.
    func staff(inPlain field: String) -> [StaffID] { people(staff, in: field) }

    /// Staff who declared somebody whose name a normalised field holds as kin.
    func kin(inPlain field: String) -> [StaffID] { people(kin, in: field) }

    /// Staff who declared a tie with a unit that a normalised field names.
    func tied(inPlain field: String) -> Set<StaffID> { units.staff(inPlain: field) }

    /// Up to three characters are a name and must be equal; more may hold a post or several names
    /// (「张三科长」, 「张三、李四」), so that a name anywhere in them counts. Latin names must be equal.
    private func people(_ names: [String: [StaffID]], in plain: String) -> [StaffID] {
        if names.isEmpty { return [] }
        if let exact = names[plain] { return exact }
        let letters = Array(plain)
        guard letters.count > 3 else { return [] }
        var found: Set<StaffID> = []
        for start in letters.indices where beginnings.contains(letters[start]) && !letters[start].isASCII {
            for end in stride(from: start + 2, through: min(start + longest, letters.count), by: 1) {
                found.formUnion(names[String(letters[start..<end])] ?? [])
            }
        }
        return found.sorted()
    }
}

extension [UInt8] {
    /// Whether one of some words stands in these bytes.
    func holdAny(of words: [[UInt8]]) -> Bool { words.contains { !places(of: $0).isEmpty } }

    /// These bytes without a word, wherever it stands.
    func without(_ word: [UInt8]) -> [UInt8] {
        var rest: [UInt8] = []
        var end = 0
        for place in places(of: word) where place >= end {
            rest += self[end..<place]
            end = place + word.count
        }
        return rest + self[end...]
    }

    /// Where `needle` begins; UTF-8 makes a byte match a character match.
    func places(of needle: [UInt8]) -> [Int] {
        guard let first = needle.first else { return [] }
        var result: [Int] = []
        var start = 0
        while start <= count - needle.count {
            if self[start] == first, self[start..<(start + needle.count)].elementsEqual(needle) { result.append(start) }
            start += 1
        }
        return result
    }
}
