import Kernel

/// The names of organs, staff and declared kin, normalised once per picture of the world.
struct NameIndex: Sendable {
    private let organs: [(name: [UInt8], organ: OrganID)]
    private let staff: [String: [StaffID]]
    private let kin: [String: [StaffID]]

    init(organs: [Organ], staff: [Staff]) {
        var names: [(name: [UInt8], organ: OrganID)] = []
        for organ in organs {
            for alias in Set([organ.name, organ.shortName, organ.nameEnglish] + organ.aliases) {
                let plain = PlainName.normalised(alias)
                if plain.count >= 3 { names.append((Array(plain.utf8), organ.id)) }
            }
        }
        self.organs = names
        var people: [String: [StaffID]] = [:]
        var relatives: [String: [StaffID]] = [:]
        for person in staff where person.active {
            for name in Set(([person.name, person.nameEnglish] + person.aliases).map(PlainName.normalised))
            where name.count >= 2 {
                people[name, default: []].append(person.id)
            }
            for name in Set(person.kin.map { PlainName.normalised($0.name) }) where name.count >= 2 {
                relatives[name, default: []].append(person.id)
            }
        }
        self.staff = people
        kin = relatives
    }

    /// The organs that `plain` (already normalised) names. An alias that stands inside a longer one does not count:
    /// 「清棠县纪委」 is not 「县纪委」 of every county; two organs named side by side are both named.
    func organsNamed(in plain: String) -> Set<OrganID> {
        let bytes = Array(plain.utf8)
        var found: [(place: Range<Int>, organ: OrganID)] = []
        for entry in organs {
            for start in bytes.places(of: entry.name) {
                found.append((start..<(start + entry.name.count), entry.organ))
            }
        }
        let whole = found.filter { inner in
            !found.contains { outer in
                outer.place.count > inner.place.count && inner.place.clamped(to: outer.place) == inner.place
            }
        }
        return Set(whole.map(\.organ))
    }

    /// Staff whose name the field holds.
    func staff(in field: String) -> [StaffID] { people(staff, in: field) }

    /// Staff who declared somebody whose name the field holds as kin.
    func kin(in field: String) -> [StaffID] { people(kin, in: field) }

    /// Up to three characters are a name and must be equal; more may hold a post or several names
    /// (「张三科长」, 「张三、李四」), so that a name anywhere in them counts. Latin names must be equal.
    private func people(_ names: [String: [StaffID]], in field: String) -> [StaffID] {
        let plain = PlainName.normalised(field)
        if let exact = names[plain] { return exact }
        let letters = Array(plain)
        guard letters.count > 3 else { return [] }
        var found: Set<StaffID> = []
        for start in letters.indices where !letters[start].isASCII {
            for end in stride(from: start + 2, through: min(start + Self.longest, letters.count), by: 1) {
                found.formUnion(names[String(letters[start..<end])] ?? [])
            }
        }
        return found.sorted()
    }

    /// The longest name, in characters, that is looked for inside a field.
    private static let longest = 16
}

extension [UInt8] {
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
