package import Casefile
import Casework
import Kernel

/// What an import did.
package struct ImportResult: Sendable, Codable {
    /// One line that was not taken; the others were.
    package struct Bad: Sendable, Codable, Hashable {
        /// The line of the file, from 1.
        package var line: Int
        /// The column at fault.
        package var column: String
        package var why: DirectoryFault
    }

    /// The first password of somebody who came without one. It is told this once and stored nowhere.
    package struct FirstPassword: Sendable, Codable {
        package var username: String
        package var oneTimePassword: String
    }

    package var added = 0
    package var changed = 0
    package var bad: [Bad] = []
    package var passwords: [FirstPassword] = []
}

/// Takes over an institution's own lists of organs, offices and people. Columns are found by their names in the first
/// line, others are passed over; lists inside a column stand between semicolons. A bad row never stops the others.
/// What is here already (by code or user name) gets the names, aliases and relatives of the file; the rest of it stays.
package enum InstitutionImport {
    private typealias Line = (number: Int, values: FieldValues)

    /// Columns `code,name,name_en,short_name,level,parent,region,attached_unit,aliases,delegated`; superiors may stand below.
    package static func organs(csv: String, into casefile: Casefile) async throws -> ImportResult {
        var result = ImportResult()
        var waiting = try lines(csv, key: ["code"], &result)
        var draft = DirectoryDraft(try await casefile.world())
        var kept: [Organ] = []
        var codes = Set(waiting.compactMap { $0.values["code"] }).subtracting([""])
        while !waiting.isEmpty {
            // Whoever's superior stands in the file waits until that row was taken or refused.
            let ready = waiting.filter { line in
                let parent = line.values["parent"] ?? ""
                return draft.organs[parent] != nil || !codes.contains(parent)
            }
            guard !ready.isEmpty else {
                result.bad += waiting.map { .init(line: $0.number, column: "parent", why: .cycle) }
                break
            }
            let numbers = Set(ready.map(\.number))
            waiting.removeAll { numbers.contains($0.number) }
            for line in ready {
                codes.remove(line.values["code"] ?? "")
                do throws(DirectoryError) {
                    let old = draft.organs[line.values["code"] ?? ""]
                    let organ = try draft.organ(line.values, at: casefile.clock.now())
                    guard organ != old else { continue }
                    draft.keep(organ)
                    kept.append(organ)
                    if old == nil { result.added &+= 1 } else { result.changed &+= 1 }
                } catch {
                    result.note(line.number, error)
                }
            }
        }
        if !kept.isEmpty { try await casefile.enlarge(organs: kept) }
        return result.inOrder
    }

    /// Columns `organ,code,name,name_en,kind`.
    package static func offices(csv: String, into casefile: Casefile) async throws -> ImportResult {
        var result = ImportResult()
        let lines = try lines(csv, key: ["organ", "code"], &result)
        var draft = DirectoryDraft(try await casefile.world())
        var kept: [Office] = []
        for line in lines {
            do throws(DirectoryError) {
                let office = try draft.office(line.values, at: casefile.clock.now())
                let old = draft.offices[office.organ]?.first { $0.id == office.id }
                guard office != old else { continue }
                draft.keep(office)
                kept.append(office)
                if old == nil { result.added &+= 1 } else { result.changed &+= 1 }
            } catch {
                result.note(line.number, error)
            }
        }
        if !kept.isEmpty { try await casefile.enlarge(offices: kept) }
        return result.inOrder
    }

    /// Columns `username,name,name_en,organ,roles,aliases,kin,units` and, if the institution hands out passwords itself,
    /// `password`. All who are new join in one step, so that the key of an office without one reaches all its members
    /// who come together. Roles of people who are here already are changed on their page, not here.
    ///
    /// - Parameters:
    ///   - password: the first password of all whose row has none; nil makes a one-time password for each.
    ///   - mustChange: whether first passwords are to be replaced at sign-in.
    package static func staff(
        csv: String, into casefile: Casefile, password: String? = nil, mustChange: Bool = true
    ) async throws -> ImportResult {
        var result = ImportResult()
        let lines = try lines(csv, key: ["username"], &result)
        var draft = DirectoryDraft(try await casefile.world())
        var new: [(draft: PersonDraft, password: String)] = []
        var changed: [Staff] = []
        for line in lines {
            do throws(DirectoryError) {
                let person = try draft.person(line.values, at: casefile.clock.now())
                guard person.staff != draft.staff[person.staff.username] else { continue }
                draft.keep(person.staff)
                guard person.isNew else {
                    changed.append(person.staff)
                    continue
                }
                let first = person.password ?? password ?? OneTimePassword.make()
                new.append((person, first))
                if person.password == nil, password == nil {
                    result.passwords.append(.init(username: person.staff.username, oneTimePassword: first))
                }
            } catch {
                result.note(line.number, error)
            }
        }
        // Keys are made first: if that fails nothing was written yet.
        let made = try await keys(new, casefile: casefile, mustChange: mustChange)
        for person in changed { try await casefile.change(staff: person) }
        if !made.isEmpty { try await casefile.enlarge(staff: made) }
        result.added = made.count
        result.changed = changed.count
        return result.inOrder
    }

    /// Seals the new keys, two at a time as the gate has it, so that people who sign in meanwhile are not turned away.
    private static func keys(
        _ people: [(draft: PersonDraft, password: String)], casefile: Casefile, mustChange: Bool
    ) async throws -> [NewStaff] {
        try await withThrowingTaskGroup(of: NewStaff.self) { group in
            var rest = people[...]
            var made: [NewStaff] = []
            func next() {
                guard let person = rest.popFirst() else { return }
                group.addTask {
                    try await person.draft.withKey(
                        password: person.password, mustChange: mustChange, casefile: casefile)
                }
            }
            next()
            next()
            while let one = try await group.next() {
                made.append(one)
                next()
            }
            return made
        }
    }

    /// The rows of the file; a row whose key stood on an earlier line is bad.
    private static func lines(
        _ csv: String, key: [String], _ result: inout ImportResult
    ) throws(CSVError) -> [Line] {
        let table = try CSVTable(text: csv)
        var seen: Set<[String]> = []
        var lines: [Line] = []
        for row in table.rows {
            let values = table.named(row).reduce(into: FieldValues()) { values, field in
                values[field.key.lowercased()] = FieldReader([field.key: field.value]).raw(field.key)
            }
            let own = key.map { (values[$0] ?? "").lowercased() }
            if !own.contains(""), !seen.insert(own).inserted {
                result.bad.append(.init(line: row.line, column: key.last ?? "", why: .repeated))
            } else {
                lines.append((row.line, values))
            }
        }
        return lines
    }
}

extension ImportResult {
    fileprivate mutating func note(_ line: Int, _ error: DirectoryError) {
        bad += error.problems.map { Bad(line: line, column: $0.field, why: $0.fault) }
    }

    /// Bad lines in the order of the file.
    fileprivate var inOrder: ImportResult {
        var result = self
        result.bad.sort { $0.line < $1.line }
        return result
    }
}

extension PersonDraft {
    /// Makes the key pair and seals it under the first password.
    func withKey(password: String, mustChange: Bool, casefile: Casefile) async throws -> NewStaff {
        try await .make(
            staff, places: places.map { ($0.office, $0.role) }, password: password, mustChange: mustChange,
            gate: casefile.gate, cost: casefile.passwordCost)
    }
}
