import Casework
import Database
import Foundation
import Kernel
import Sealing

extension Casefile {
    /// What stood in the letter before each correction, as texts of the events that corrected it.
    func corrections(_ open: OpenReport, _ tx: any Transaction) throws -> [OpenedText] {
        guard open.reach.letter, open.stored.standing.done.contains(where: { $0.act == "amend" }) else { return [] }
        let rows = try tx.rows(
            """
            SELECT seq, at, key_id, envelope FROM sealed
            WHERE report_id = \(open.stored.id) AND field = 'letter' ORDER BY seq
            """)
        var result: [OpenedText] = []
        var before: Letter?
        for row in rows {
            guard let key = open.key(try row.get("key_id")) else { continue }
            let sequence: Int = try row.get("seq")
            let at: Instant = try row.get("at")
            let plain = try Envelope.open(
                try row.get("envelope"), under: key.secret, binding: .text(open.stored.id, "letter", sequence))
            let letter = try JSONDecoder().decode(Letter.self, from: Data(plain))
            if let before {
                for (field, text) in letter.changes(from: before, in: regions) {
                    result.append(
                        OpenedText(
                            sequence: sequence, field: "amend.was-\(field)", author: "office", at: at, text: text))
                }
            }
            before = letter
        }
        return result
    }
}

extension Letter {
    /// The fields that a correction changed, with what stood there before.
    func changes(from old: Letter, in regions: RegionTable? = nil) -> [(field: String, text: String)] {
        let people = old.reported.map { party in
            [party.name, party.unit, party.position, party.management.rawValue].filter { !$0.isEmpty }
                .joined(separator: " · ")
        }
        let place = old.place.map { regions?.fullName(of: $0) ?? $0.description } ?? ""
        let fields: [(field: String, isChanged: Bool, text: String)] = [
            ("title", old.title != title, old.title), ("content", old.content != content, old.content),
            ("demand", old.demand != demand, old.demand ?? ""), ("happened", old.happened != happened, old.happened),
            ("place", old.place != self.place, place), ("location", old.location != location, old.location),
            ("reported", old.reported != reported, people.joined(separator: "\n")),
        ]
        return fields.filter(\.isChanged).map { ($0.field, $0.text.isEmpty ? "—" : $0.text) }
    }
}

extension ActChange {
    /// A correction is a new version beside the old one; nothing is overwritten.
    mutating func amend(_ input: CheckedInput, regions: RegionTable, marks maker: LetterMarks) throws {
        guard var letter, open.letterKey != nil else { throw CasefileError.keyMissing }
        let before = letter
        func text(_ name: String, _ old: String, _ most: Int) throws -> String {
            guard let text = input.values[name] else { return old }
            guard text.count <= most else { throw CasefileError.invalid([FieldFault(name, "tooLong")]) }
            return text
        }
        letter.title = try text("title", letter.title, FilingLimits.title)
        letter.happened = try text("happened", letter.happened, FilingLimits.short)
        letter.location = try text("location", letter.location, FilingLimits.short)
        letter.demand = input.values["demand"] ?? letter.demand
        letter.content = try text("content", letter.content, FilingLimits.content)
        // What reporters wrote themselves nobody rewrites.
        guard letter.content == before.content || open.stored.channel != .web else {
            throw CasefileError.invalid([FieldFault("content", "ownWords")])
        }
        letter.place = try place(input.values["place"], instead: letter.place, in: regions)
        after.county = letter.place?.county
        if let rows = input.items["reported"] {
            let codes = Dictionary(
                letter.reported.map { ($0.name + $0.unit, $0.unitCode) }, uniquingKeysWith: { first, _ in first })
            if let place = rows.firstIndex(where: { ($0["name"] ?? "").isEmpty && ($0["unit"] ?? "").isEmpty }) {
                throw CasefileError.invalid([FieldFault("reported.\(place).name", "required")])
            }
            letter.reported = rows.map { row in
                ReportedParty(
                    kind: ReportedParty.Kind(rawValue: row["kind"] ?? "") ?? .person, name: row["name"] ?? "",
                    unit: row["unit"] ?? "", unitCode: codes[(row["name"] ?? "") + (row["unit"] ?? "")] ?? nil,
                    position: row["position"] ?? "",
                    management: ManagementLevel(rawValue: row["management"] ?? "") ?? .unknown,
                    principal: ["true", "on"].contains(row["principal"] ?? ""))
            }
            after.management = letter.highestManagement
            let known = after.standing.barred
            add(Jurisdiction.barred(by: letter.reported, in: open.picture.world))
            try callBack(letter)
            try settleAudience(letter)
            let newly = after.standing.barred.subtracting(known)
            if !newly.isEmpty { try withdraw(from: newly) }
            try followFirstLeader(letter)
        }
        marks = try maker.marks(of: letter)?.bytes ?? []
        // Not under the key of whom the correction names.
        try seal("title", letter.title, under: open.letterKey)
        try seal("letter", JSONText.encode(letter), under: open.letterKey)
        codes["changed"] = letter.changes(from: before).map(\.field).joined(separator: " ")
    }

    /// The place that a correction names, as it was shown, by a name that fits one place, or by its code.
    private func place(_ typed: String?, instead old: RegionCode?, in regions: RegionTable) throws -> RegionCode? {
        guard let typed, typed != old.flatMap({ regions.fullName(of: $0) }) else { return old }
        let found = regions.search(typed, near: old ?? open.stored.county, limit: 2)
        guard let only = found.first, found.count == 1 else {
            throw CasefileError.invalid([FieldFault("place", found.isEmpty ? "region" : "severalRegions")])
        }
        return only.code
    }
}

extension ActChange {
    /// A custodian corrects what is known of the reporter: a new version beside the old one. What is
    /// left empty stays; `required` for a form that corrects nothing. A name that is another one is to be verified anew.
    mutating func amendIdentity(_ input: CheckedInput, index: SecretKey) throws {
        guard var reporter, let custody = after.standing.identityOrgan else { throw CasefileError.keyMissing }
        let before = reporter
        var corrected: [String] = []
        let fields: [(name: String, path: WritableKeyPath<Reporter, String>)] = [
            ("name", \.name), ("phone", \.phone), ("email", \.email), ("address", \.address), ("id", \.residentID),
            ("others", \.others), ("safe", \.safeContact),
        ]
        for (name, path) in fields {
            guard let text = input.values[name], !text.isEmpty else { continue }
            guard text.count <= (name == "others" ? FilingLimits.content : FilingLimits.short) else {
                throw CasefileError.invalid([FieldFault(name, "tooLong")])
            }
            reporter[keyPath: path] = text
            corrected.append(name)
        }
        if corrected.contains("phone"), (try? PhoneNumber(validating: reporter.phone)) == nil {
            throw CasefileError.invalid([FieldFault("phone", "phone")])
        }
        if corrected.contains("id"), (try? ResidentID(validating: reporter.residentID)) == nil {
            throw CasefileError.invalid([FieldFault("id", "residentID")])
        }
        guard reporter != before else { throw CasefileError.invalid([FieldFault("name", "required")]) }
        try seal("reporter", JSONText.encode(reporter), under: open.identityKey)
        identityMarks = try IdentityMarks(index).all(of: reporter, at: custody)
        codes["corrected"] = corrected.joined(separator: " ")
        if reporter.name != before.name { after.standing.realName = "unverified" }
    }
}
