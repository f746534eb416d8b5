import Casework
import Entrance
import Kernel
import Sealing

/// The organs, offices and user names while something is added: what is checked is checked against all that was
/// accepted before it. Pages make one for one change, an import for a whole file.
struct DirectoryDraft: Sendable {
    private(set) var organs: [String: Organ]
    private(set) var offices: [OrganID: [Office]]
    private(set) var staff: [String: Staff]
    private var organByID: [OrganID: String]

    init(_ world: World) {
        organs = Dictionary(world.organs.values.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
        organByID = world.organs.mapValues(\.code)
        offices = Dictionary(grouping: world.offices.values, by: \.organ)
        staff = Dictionary(world.staff.values.map { ($0.username, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func keep(_ organ: Organ) {
        organs[organ.code] = organ
        organByID[organ.id] = organ.code
    }

    mutating func keep(_ office: Office) {
        offices[office.organ, default: []].removeAll { $0.id == office.id }
        offices[office.organ, default: []].append(office)
    }

    mutating func keep(_ person: Staff) { staff[person.username] = person }

    /// A new organ, or one with this code as it stands after the change.
    func organ(_ values: FieldValues, at now: Instant) throws(DirectoryError) -> Organ {
        var reader = FieldReader(values)
        let code = reader.code()
        let old = organs[code]
        let name = reader.line("name", or: old?.name)
        let english = reader.line("name_en", or: old?.nameEnglish, isRequired: false)
        let short = reader.line("short_name", or: old?.shortName, isRequired: false)
        let level = level(&reader, old)
        let parent = parent(&reader, old, level)
        var region = RegionCode(reader.raw("region"))
        if !reader.has("region"), let old { region = old.region }
        if let old, let wanted = region, wanted != old.region { reader.note("region", .fixed) }
        if region == nil { reader.note("region", reader.raw("region").isEmpty ? .required : .region) }
        let unit = reader.line("attached_unit", or: old?.attachedUnit ?? "", maximum: 500, isRequired: false)
        let delegated = delegated(&reader, old, level, parent)
        if let level, (level == .dispatched) == unit.isEmpty { reader.note("attached_unit", .attachedUnit) }
        let aliases = reader.list("aliases", or: old?.aliases ?? [])
        try reader.finish()
        guard let level, let region else { throw DirectoryError("level", .level) }
        return Organ(
            id: old?.id ?? .ordered(at: now), code: code, name: name, nameEnglish: english.isEmpty ? name : english,
            shortName: short.isEmpty ? name : short, level: level, parent: parent?.id, region: region,
            attachedUnit: unit.isEmpty ? nil : unit, aliases: aliases, delegated: delegated)
    }

    /// What a superior delegates to a dispatched team: not more than it may receive itself.
    private func delegated(
        _ reader: inout FieldReader, _ old: Organ?, _ level: OrganLevel?, _ parent: Organ?
    ) -> ManagementLevel? {
        guard reader.has("delegated") else { return old?.delegated }
        let text = reader.raw("delegated")
        if text.isEmpty { return nil }
        guard let found = ManagementLevel(rawValue: text), let rank = found.rank, level == .dispatched,
            let most = parent?.level.rank, rank >= most
        else {
            reader.note("delegated", .delegated)
            return nil
        }
        return found
    }

    private func level(_ reader: inout FieldReader, _ old: Organ?) -> OrganLevel? {
        if !reader.has("level"), let old { return old.level }
        let text = reader.raw("level")
        guard let level = OrganLevel(rawValue: text) else {
            reader.note("level", text.isEmpty ? .required : .level)
            return nil
        }
        if let old, old.level != level { reader.note("level", .fixed) }
        return level
    }

    private func parent(_ reader: inout FieldReader, _ old: Organ?, _ level: OrganLevel?) -> Organ? {
        let oldParent = old?.parent.flatMap { organByID[$0] }
        if let old {
            if reader.has("parent"), reader.raw("parent") != oldParent ?? "" { reader.note("parent", .fixed) }
            return old.parent.flatMap { organByID[$0] }.flatMap { organs[$0] }
        }
        let code = reader.raw("parent")
        guard !code.isEmpty else {
            if !organs.isEmpty { reader.note("parent", .secondRoot) }
            if level == .dispatched { reader.note("level", .levelBelow) }
            return nil
        }
        guard let parent = organs[code] else {
            reader.note("parent", .parentUnknown)
            return nil
        }
        if let level, !level.stands(below: parent.level) { reader.note("level", .levelBelow) }
        return parent
    }

    /// A new office, or the one with this code in its organ as it stands after the change.
    func office(_ values: FieldValues, at now: Instant) throws(DirectoryError) -> Office {
        var reader = FieldReader(values)
        let organ = organs[reader.raw("organ")]
        if organ == nil { reader.note("organ", reader.raw("organ").isEmpty ? .required : .organUnknown) }
        let code = reader.code()
        let siblings = organ.flatMap { offices[$0.id] } ?? []
        let old = siblings.first { $0.code == code }
        let name = reader.line("name", or: old?.name, maximum: 100)
        let english = reader.line("name_en", or: old?.nameEnglish, maximum: 100, isRequired: false)
        let kind = reader.has("kind") ? OfficeKind(rawValue: reader.raw("kind")) : old?.kind
        if kind == nil { reader.note("kind", reader.raw("kind").isEmpty ? .required : .kind) }
        if let kind, let old, old.kind != kind { reader.note("kind", .fixed) }
        if let kind, old == nil, kind.isSingle, siblings.contains(where: { $0.kind == kind }) {
            reader.note("kind", .kindTaken)
        }
        try reader.finish()
        guard let organ, let kind else { throw DirectoryError("kind", .kind) }
        return Office(
            id: old?.id ?? .ordered(at: now), organ: organ.id, code: code, name: name,
            nameEnglish: english.isEmpty ? name : english, kind: kind)
    }

    /// A person with the roles they come with; of somebody who is here already the roles stay as they are.
    func person(_ values: FieldValues, at now: Instant) throws(DirectoryError) -> PersonDraft {
        var reader = FieldReader(values)
        let username = reader.raw("username").lowercased()
        if !Self.isUsername(username) { reader.note("username", username.isEmpty ? .required : .username) }
        let old = staff[username]
        let name = reader.line("name", or: old?.name, maximum: 50)
        let english = reader.line("name_en", or: old?.nameEnglish, maximum: 100, isRequired: false)
        let oldOrgan = old.flatMap { organByID[$0.organ] }.flatMap { organs[$0] }
        let organ = reader.has("organ") ? organs[reader.raw("organ")] : oldOrgan
        if organ == nil { reader.note("organ", reader.raw("organ").isEmpty ? .required : .organUnknown) }
        if let old, let organ, old.organ != organ.id { reader.note("organ", .fixed) }
        let aliases = reader.list("aliases", or: old?.aliases ?? [])
        let kin = reader.kin(or: old?.kin ?? [])
        let units = reader.list("units", or: old?.units ?? [])
        let places = old == nil ? places(&reader, of: organ) : []
        let password = reader.raw("password")
        if old == nil, !password.isEmpty, (try? PasswordPolicy.check(password)) == nil {
            reader.note("password", .password)
        }
        try reader.finish()
        guard let organ else { throw DirectoryError("organ", .organUnknown) }
        let person = Staff(
            id: old?.id ?? .ordered(at: now), username: username, name: name,
            nameEnglish: english.isEmpty ? name : english, organ: organ.id, aliases: aliases, kin: kin,
            units: units, active: old?.active ?? true)
        return PersonDraft(
            staff: person, places: places, password: password.isEmpty ? nil : password, isNew: old == nil)
    }

    private func places(_ reader: inout FieldReader, of organ: Organ?) -> [Place] {
        guard let organ else { return [] }
        let offices = offices[organ.id] ?? []
        return reader.list("roles", or: []).compactMap { item in
            let halves = item.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard halves.count == 2, let role = Role(rawValue: halves[1]) else {
                reader.note("roles", .role)
                return nil
            }
            guard let office = offices.first(where: { $0.code == halves[0] }) else {
                reader.note("roles", .officeUnknown)
                return nil
            }
            guard office.kind.roles.contains(role) else {
                reader.note("roles", .roleOffice)
                return nil
            }
            return Place(office: office.id, role: role)
        }
    }

    private static func isUsername(_ text: String) -> Bool {
        (2...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// A role in an office.
struct Place: Sendable, Hashable {
    var office: OfficeID
    var role: Role
}

/// A person as checked, before there is a key.
struct PersonDraft: Sendable {
    var staff: Staff
    var places: [Place]
    /// The first password that came with them, if any.
    var password: String?
    var isNew: Bool
}
