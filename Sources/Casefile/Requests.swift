import Casework
import Database
import Kernel
import Sealing

/// Acts that take effect once somebody else agrees: extension, supervision, recusal that was asked for, clarification.
extension ActChange {
    /// Notes a request. Whoever must agree gets what they need to decide; nobody to ask means nothing is written.
    mutating func ask(_ input: CheckedInput) throws {
        let world = open.picture.world
        guard let custody = open.stored.standing.custody else { throw CasefileError.notFound }
        // Whoever is asked to stand aside does not decide on it.
        let places = open.workflow.approvers(
            of: rule, chosen: codes, asker: viewer?.staff, except: codes["person"].flatMap { StaffID($0) },
            on: open.stored.standing, world: world)
        guard !places.isEmpty else { throw CasefileError.nobodyHome(organ: custody.organ.description) }
        // What is told with it is told to the others once it is agreed to.
        codes["key"] = newKeys.first { $0.kind == "shared" }?.key.id.description
        if rule.isOfHolder { codes["asked-at"] = custody.office.description }
        codes["approver"] = places.map(\.office.description).joined(separator: " ")
        // Whoever agrees blindly gets no key for it, and has taken no part in the matter.
        if open.workflow.isBlind(rule, chosen: codes, on: open.stored.standing, world: world) {
            codes["blind"] = "yes"
            let words = rule.fields.filter { $0.kind == .text }.compactMap { input.values[$0.name] }
            return try tellWhy(words.filter { !$0.isEmpty }.joined(separator: "\n"), to: places)
        }
        for place in places {
            if world.offices[place.office]?.organ == custody.organ, open.reach.papers {
                try admit(place.office, audience: .letters)
            } else if let letterKey = open.letterKey {
                wraps += open.picture.wraps(
                    of: letterKey, to: place.office, audience: .letters, barred: after.standing.barred)
            }
        }
    }

    /// Whoever agrees without sight of the report reads why it was asked, and nothing else: the words of the request once
    /// more, under a key of their own, to each of those who may decide here. It goes with the decision.
    mutating func tellWhy(
        _ words: String, to places: [(office: OfficeID, roles: Set<Role>)], except: [StaffID] = [],
        isOfAnyOrgan: Bool = false
    ) throws {
        let world = open.picture.world
        guard !words.isEmpty, let custody = open.stored.standing.custody else { return }
        let out = open.stored.standing.barred.union(except).union([viewer?.staff].compactMap(\.self))
        let people = places.filter { isOfAnyOrgan || world.offices[$0.office]?.organ == custody.organ }.flatMap {
            place in
            world.members(of: place.office).filter { place.roles.contains($0.role) && $0.holdsKey }.map(\.staff)
        }
        let keys = Set(people).subtracting(out).sorted { $0.description < $1.description }
            .compactMap { person in open.picture.staffKeys[person].map { (person, $0) } }
        guard !keys.isEmpty else { return }
        let key = HeldKey.fresh()
        newKeys.append(NewKey(key: key, kind: OpenReport.whyKind, custody: custody.index))
        wraps += try keys.map { try key.wrapped(to: $0.1, recipient: .staff($0.0)) }
        codes[Self.whyKey] = key.id.description
        try seal(Self.why, words, under: key)
    }

    /// Notes what a reporter asks of those who decide. Whoever is named in the words reads none of them, wherever they work.
    mutating func askRecusal(of whom: String, because reason: String) throws {
        let (world, standing) = (open.picture.world, open.stored.standing)
        guard let custody = standing.custody else { throw CasefileError.notFound }
        let named = world.staff(namedIn: whom + "\n" + reason)
        let leaders = world.office(.leaders, of: custody.organ).map { world.members(of: $0.id).map(\.staff) } ?? []
        codes["about"] = named.isDisjoint(with: leaders) ? "others" : "leaders"
        var without = standing
        without.barred.formUnion(named)
        let places = open.workflow.approvers(of: rule, chosen: codes, asker: nil, on: without, world: world)
        codes["approver"] = places.map(\.office.description).joined(separator: " ")
        codes["blind"] = "yes"
        codes[Request.named] = named.map(\.description).sorted().joined(separator: " ")
        try tellWhy(whom + "\n" + reason, to: places, except: Array(named), isOfAnyOrgan: true)
        guard codes[Self.whyKey] != nil else { throw CasefileError.nobodyHome(organ: custody.organ.description) }
    }

    /// The code that names the key of a request's words, and the field in which these stand.
    static let whyKey = "why-key"
    static let why = "asked-why"

    /// Decides on a request; what was agreed to takes effect with this event.
    mutating func decide(_ input: CheckedInput) throws {
        guard let viewer, let sequence = input.values["request"].flatMap({ Int($0) }),
            let request = open.workflow.requests(
                for: viewer.staff, on: open.stored.standing, world: open.picture.world
            ).first(where: { $0.sequence == sequence })
        else { throw CasefileError.notNow }
        decided = request
        codes["request-act"] = request.rule.name
        for (name, value) in request.act.codes
        where codes[name] == nil
            && !["approver", "key", "asked-at", "about", Request.named, Self.whyKey].contains(name)
        {
            codes[name] = value
        }
        codes["request"] = String(sequence)
        codes["agreed"] = input.values["agreed"]
        codes["person"] = request.act.codes["person"]
        guard input.values["agreed"] == "yes" else { return }
        if request.rule.isOfReporter {
            // The reporter names people in words; who it is is settled here.
            guard let person = input.values["person"], !person.isEmpty else {
                throw CasefileError.invalid([FieldFault("person", "required")])
            }
            codes["person"] = person
        }
        if request.rule.effect == "open-identity" { return try openIdentity(request) }
        if let key = open.sharedKey(of: request.act) { share(key, with: bothSides) }
        let stage = open.stored.standing.stage
        if let mark = request.rule.mark,
            request.rule.steps.isEmpty || request.rule.steps.contains(where: { $0.stage == stage })
        {
            add(mark: mark)
        }
        if request.rule.effect == "bar-person", let person = codes["person"].flatMap({ StaffID($0) }) {
            add([person: .recused])
            try withdraw(from: [person])
            try refuseToLeaveNobody(for: person)
        }
    }

    mutating func add(mark: String) {
        if !after.marks.contains(mark) { after.marks.append(mark) }
    }

    /// The reporter wrote, objected or sent a file: lists say so until an act takes the mark away, as the rules have it.
    /// Before it is registered all of it is new.
    mutating func markNews() {
        if open.stored.standing.stage != "received" { add(mark: "reporter-news") }
    }
}

extension OpenReport {
    /// Keys of the words of a request for whoever agrees to it without sight of the report.
    static let whyKind = "why"
    /// What kind of key a row of `sealing_key k` is.
    static let kind: SQL = "CASE WHEN k.why = 1 THEN 'why' ELSE k.kind END AS kind"
    /// Such a key is shared, and more than that.
    static let whyMigration = Migration(
        id: "0072-why-asked", statements: ["ALTER TABLE sealing_key ADD COLUMN why INTEGER NOT NULL DEFAULT 0"])

    /// Why something was asked, for whoever may decide on it without having the report's keys; `nil` for all others. Who was
    /// asked later has the words once more, from then.
    func why(_ request: Request, _ tx: any Transaction) throws -> String? {
        for act in [request.act] + stored.standing.askedAgain(request) {
            guard let id = act.codes[ActChange.whyKey],
                let held = keys.first(where: { $0.key.id.description == id })?.value,
                let row = try tx.first(
                    """
                    SELECT envelope FROM sealed
                    WHERE report_id = \(stored.id) AND seq = \(act.sequence) AND field = \(ActChange.why)
                    """)
            else { continue }
            let plain = try Envelope.open(
                try row.get("envelope"), under: held.secret, binding: .text(stored.id, ActChange.why, act.sequence))
            return String(decoding: plain, as: UTF8.self)
        }
        return nil
    }

    /// The words of a request as far as a viewer opens them: as whoever was asked, or as whoever has the report's keys.
    func words(of request: Request, _ tx: any Transaction) throws -> String {
        if let why = try why(request, tx) { return why }
        let names = request.rule.fields.filter { $0.kind == .text }.map(\.name)
        let rows = try tx.rows(
            "SELECT field, key_id, envelope FROM sealed WHERE report_id = \(stored.id) AND seq = \(request.sequence)")
        var texts: [String: String] = [:]
        for row in rows {
            let field: String = try row.get("field")
            guard let key = key(try row.get("key_id")) else { continue }
            let plain = try Envelope.open(
                try row.get("envelope"), under: key.secret, binding: .text(stored.id, field, request.sequence))
            texts[String(field.split(separator: ".").last ?? "")] = String(decoding: plain, as: UTF8.self)
        }
        return names.compactMap { texts[$0] }.joined(separator: "\n")
    }
}
