package import Casework
package import Database
import Foundation
package import Kernel
package import Sealing
import Synchronization
package import WorkingDays

/// A public key in force and its generation.
package struct OfficeKey: Sendable {
    package var generation: Int
    package var publicKey: PublicKey
}

/// The world with the public keys of its offices and people: one immutable picture.
package struct Picture: Sendable {
    package var world: World
    package var officeKeys: [OfficeID: OfficeKey]
    package var staffKeys: [StaffID: PublicKey]
    package var rules: RuleBook
    package var calendar: WorkingDayTable
    /// The days on which the same people act: until somebody leaves or comes back.
    var days: ClosedRange<Day>
    /// Whose record is younger than reports that are here, and since when.
    var lateNames: [StaffID: Instant] = [:]
}

/// Keeps the latest picture and looks, at each use, whether the database knows a newer one, or another day has come
/// on which others act.
package struct PictureCache: Sendable {
    private final class Held: Sendable {
        let picture = Mutex<Picture?>(nil)
    }

    private let held = Held()
    private let rules: RuleBook
    private let calendar: WorkingDayTable
    private var clock: Clock

    package init(rules: RuleBook, calendar: WorkingDayTable, clock: Clock) {
        self.rules = rules
        self.calendar = calendar
        self.clock = clock
    }

    /// The same cache at another time.
    func with(clock: Clock) -> PictureCache {
        var other = self
        other.clock = clock
        return other
    }

    package func current(_ tx: any Transaction) throws -> Picture {
        try current(tx, version: tx.scalar("SELECT version FROM world_version WHERE id = 1") ?? 0)
    }

    /// The world as it was last read, without asking the database; `nil` before that.
    var lastRead: World? { held.picture.withLock { $0 }?.world }

    /// As ``current(_:)``, for whom a query of the same transaction has told the version.
    func current(_ tx: any Transaction, version: Int64) throws -> Picture {
        let today = clock.now().day
        if let picture = held.picture.withLock({ $0 }), picture.world.version == version, picture.days.contains(today) {
            return picture
        }
        let known = held.picture.withLock { $0 }?.rules ?? rules
        let fresh = try Picture.load(
            tx, version: version, rules: known.with(RuleStore.changes(tx)), calendar: calendar, today: today)
        held.picture.withLock { $0 = fresh }
        return fresh
    }
}

extension Picture {
    static func load(
        _ tx: any Transaction, version: Int64, rules: RuleBook, calendar: WorkingDayTable, today: Day
    ) throws -> Picture {
        let organs = try tx.rows("SELECT * FROM organ").map(Organ.init(row:))
        let offices = try tx.rows("SELECT * FROM office").map(Office.init(row:))
        var staffKeys: [StaffID: PublicKey] = [:]
        let staff = try tx.rows(
            "SELECT id, organ_id, username, name, name_en, aliases, kin, units, active, public_key FROM staff"
        ).map { row in
            let person = try Staff(row: row)
            if let key = PublicKey(bytes: try row.get("public_key")) { staffKeys[person.id] = key }
            return person
        }
        var officeKeys: [OfficeID: OfficeKey] = [:]
        for row in try tx.rows("SELECT office_id, generation, public_key FROM office_key ORDER BY generation") {
            guard let key = PublicKey(bytes: try row.get("public_key")) else { continue }
            officeKeys[try row.get("office_id")] = OfficeKey(generation: try row.get("generation"), publicKey: key)
        }
        var granted: Set<Cover.KeyHolder> = []
        for row in try tx.rows("SELECT office_id, generation, staff_id FROM office_grant") {
            let office: OfficeID = try row.get("office_id")
            guard officeKeys[office]?.generation == (try row.get("generation", as: Int.self)) else { continue }
            granted.insert(Cover.KeyHolder(office: office, staff: try row.get("staff_id")))
        }
        let memberships = try tx.rows("SELECT staff_id, office_id, role FROM membership").compactMap {
            row -> Membership? in
            guard let role = Role(rawValue: try row.get("role")) else { return nil }
            let office: OfficeID = try row.get("office_id")
            let person: StaffID = try row.get("staff_id")
            let admitted = granted.contains(Cover.KeyHolder(office: office, staff: person))
            return Membership(staff: person, office: office, role: role, admitted: admitted)
        }
        let cover = try Cover.load(tx, today: today, keys: granted)
        var late: [StaffID: Instant] = [:]
        for row in try tx.rows("SELECT staff_id, since FROM late_name") {
            late[try row.get("staff_id")] = try row.get("since")
        }
        return Picture(
            world: World(
                version: version, organs: organs, offices: offices, staff: staff, memberships: memberships,
                cover: cover),
            officeKeys: officeKeys, staffKeys: staffKeys, rules: rules,
            calendar: try CalendarStore.load(tx, shipped: calendar),
            days: today...max(today, cover.nextTurn?.adding(days: -1) ?? .last), lateNames: late)
    }
}

extension Organ {
    init(row: Row) throws {
        let level: String = try row.get("level")
        let region: RegionCode = try row.get("region")
        self.init(
            id: try row.get("id"), code: try row.get("code"), name: try row.get("name"),
            nameEnglish: try row.get("name_en"), shortName: try row.get("short_name"),
            level: OrganLevel(rawValue: level) ?? .township, parent: try row.maybe("parent_id"), region: region,
            attachedUnit: try row.maybe("attached_unit"), aliases: JSONText.strings(try row.get("aliases")),
            delegated: try row.maybe("delegated").flatMap { (text: String) in ManagementLevel(rawValue: text) })
    }
}

extension Office {
    init(row: Row) throws {
        let kind: String = try row.get("kind")
        self.init(
            id: try row.get("id"), organ: try row.get("organ_id"), code: try row.get("code"),
            name: try row.get("name"), nameEnglish: try row.get("name_en"),
            kind: OfficeKind(rawValue: kind) ?? .administration)
    }
}

extension Staff {
    init(row: Row) throws {
        self.init(
            id: try row.get("id"), username: try row.get("username"), name: try row.get("name"),
            nameEnglish: try row.get("name_en"), organ: try row.get("organ_id"),
            aliases: JSONText.strings(try row.get("aliases")), kin: JSONText.decode(try row.get("kin")) ?? [],
            units: JSONText.strings(try row.get("units")),
            active: try row.get("active"))
    }
}

/// Small values kept as JSON text in a column.
package enum JSONText {
    package static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    // The common ones without an encoder, which costs more than all else that is written of an event.
    package static func encode(_ list: [String]) -> String { CanonicalJSON.list(list.map { .text($0) }).string }

    package static func encode<Tag>(_ list: [Identifier<Tag>]) -> String { encode(list.map(\.description)) }

    package static func encode(_ codes: [String: String]) -> String {
        CanonicalJSON.object(codes.mapValues { .text($0) }).string
    }

    package static func decode<T: Decodable>(_ text: String, as type: T.Type = T.self) -> T? {
        try? JSONDecoder().decode(T.self, from: Data(text.utf8))
    }

    static func strings(_ text: String) -> [String] { decode(text) ?? [] }
}
