import CLibPQ
import Database

/// A statement prepared on one connection.
final class Plan {
    let name: String
    /// What the server takes at each place.
    var types: [Oid]
    /// The answer's column names, once one was seen.
    var columns: [String]?

    init(name: String, types: [Oid]) {
        self.name = name
        self.types = types
    }

    /// NULL goes anywhere; every other value where its type is expected.
    func takes(_ values: [Value]) -> Bool {
        zip(types, values).allSatisfy { type, value in value.oid == 0 || value.oid == type }
    }
}

/// The statements prepared on one connection, by their text; one text has a plan for each combination of types.
struct Plans {
    private var byText: [String: [Plan]] = [:]
    private var count = 0
    private var lastName = 0

    /// Whether it is time to start over: lists of many lengths would fill the server's memory.
    var areFull: Bool { count >= 500 }

    func find(_ sql: SQL) -> Plan? {
        byText[sql.text]?.first { $0.types.count == sql.values.count && $0.takes(sql.values) }
    }

    mutating func nextName() -> String {
        lastName &+= 1
        return "s\(lastName)"
    }

    mutating func add(_ plan: Plan, for sql: SQL) {
        byText[sql.text, default: []].append(plan)
        count += 1
    }

    mutating func clear() {
        byText = [:]
        count = 0
    }
}
