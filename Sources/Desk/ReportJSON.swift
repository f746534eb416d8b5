import Casefile
import Casework
import Kernel
import Site

/// A report as the staff API answers it: names as in the filing, as far as the viewer may read.
struct ReportJSON: Encodable {
    struct Party: Encodable {
        var kind, name, unit: String
        var unitCode: OrNull<String>
        var position, management: String
        var principal: Bool
    }
    struct Person: Encodable { var kind, name, phone, email, address, safeContact: String; var masked: Bool }
    struct Step: Encodable {
        var at, act, stage: String
        var label: String
        var staff: String?
        var organ: String?
        var codes: [String: String]
        var texts: [String: String]
    }
    struct File: Encodable { var id, name, type, from: String; var size: Int64 }
    struct Look: Encodable {
        var at, file, staff, kind: String
        var count: Int
        var marks: [String]
    }
    struct Asked: Encodable {
        var act, label, since: String
        var why: OrNull<String>
    }
    struct Message: Encodable { var at, from, kind, text: String }
    struct Limit: Encodable {
        var name, label, due, source, start: String
        var met: String?
        var exceptions: [String]
        var provisional, paused: Bool
        /// Day by day how the due day came about, in the language of the request.
        var explanation: [String]
    }
    struct Hop: Encodable {
        var organ, office, number: OrNull<String>
        var via, since: String
        var signed: OrNull<String>
        /// Nobody signed yet for what has to be signed for.
        var unsigned: Bool
    }
    struct Option: Encodable { var value, label: String }
    struct Field: Encodable {
        var name, type, label: String
        var required: Bool
        var options: [Option]?
        var item: [Field]?
        var when: [String: String]?
    }
    struct Act: Encodable {
        var name, label: String
        var fields: [Field]
        var due: OrNull<String>
    }

    var id: String
    var number: OrNull<String>
    var stage, stageLabel, channel, receivedAt: String
    var organ, holder, due: OrNull<String>
    var title, content, demand, place: OrNull<String>
    var reported: OrNull<[Party]>
    var reporter: OrNull<Person>
    var realName, category, problem: OrNull<String>
    var marks: [String]
    var history: [Step]
    var files: [File]
    var looks: [Look]
    var messages: [Message]
    var hops: [Hop]
    var limits: [Limit]
    var acts: [Act]
    /// What waits for this person's agreement.
    var asked: [Asked]
    /// A decision is due and nobody is there to take it, here or above.
    var waitsForNobody: Bool
    /// Why the report is where it is; empty for whom the letter is not.
    var jurisdiction: [JurisdictionBlock] = []

    init(_ view: ReportView, workflow: Workflow, texts: Catalogue, language: String) {
        let standing = view.standing
        id = view.id.description
        number = OrNull(view.number)
        stage = standing.stage
        stageLabel = workflow.stageLabel(standing.stage, language)
        channel = view.channel.rawValue
        receivedAt = view.receivedAt.rfc3339
        organ = OrNull(standing.custody.flatMap { view.world.organs[$0.organ]?.code })
        holder = OrNull(standing.custody.flatMap { view.world.offices[$0.office]?.code })
        due = OrNull(view.due?.text)
        title = OrNull(view.letter?.title)
        content = OrNull(view.letter?.content)
        demand = OrNull(view.letter?.demand)
        place = OrNull(view.letter?.place?.description)
        reported = OrNull(view.letter?.reported.map(Party.init))
        reporter = OrNull(view.reporter.map { Person($0, masked: true) })
        realName = OrNull(view.reach.letter || view.reach.custody ? standing.realName : nil)
        category = OrNull(view.category)
        problem = OrNull(view.problem)
        marks = view.marks
        history = view.story.map { Step($0, view: view, workflow: workflow, language: language) }
        files = view.files.map { File(id: $0.id, name: $0.name, type: $0.type, from: $0.author, size: $0.size) }
        looks = view.looks.map {
            Look(
                at: $0.at.rfc3339, file: $0.file, staff: view.world.staff[$0.staff]?.name ?? "", kind: $0.kind.rawValue,
                count: $0.count, marks: $0.kind == .original ? [] : $0.marks)
        }
        messages = view.conversation.map {
            Message(at: $0.at.rfc3339, from: $0.from, kind: $0.kind, text: $0.text)
        }
        hops = view.way.map { Hop($0, world: view.world) }
        limits = view.limits.map { Limit($0, texts: texts, language: language) }
        waitsForNobody = view.waitsForNobody
        asked = view.requests.filter(\.isMine).map {
            Asked(
                act: $0.rule.name, label: $0.rule.label.text(language), since: $0.since.rfc3339, why: OrNull($0.why))
        }
        acts = view.acts.map { act in
            Act(
                name: act.rule.name, label: act.rule.label.text(language),
                fields: act.rule.fields.flatMap { Field.each($0, choices: act.choices, language: language) },
                due: OrNull(act.due?.text))
        }
    }
}

extension ReportJSON {
    /// Empties what its former holder may no longer see.
    mutating func passOn(_ label: String) {
        stage = "passed-on"
        stageLabel = label
        holder = OrNull(nil)
        organ = OrNull(nil)
        due = OrNull(nil)
        title = OrNull(nil)
        content = OrNull(nil)
        demand = OrNull(nil)
        place = OrNull(nil)
        reported = OrNull(nil)
        reporter = OrNull(nil)
        realName = OrNull(nil)
        category = OrNull(nil)
        problem = OrNull(nil)
        marks = []
        history = []
        files = []
        looks = []
        messages = []
        hops = []
        limits = []
        acts = []
        asked = []
        waitsForNobody = false
    }
}

extension ReportJSON.Party {
    init(_ party: ReportedParty) {
        kind = party.kind.rawValue
        name = party.name
        unit = party.unit
        unitCode = OrNull(party.unitCode)
        position = party.position
        management = party.management.rawValue
        principal = party.principal
    }
}

extension ReportJSON.Person {
    init(_ reporter: Reporter, masked: Bool) {
        kind = reporter.kind.rawValue
        name = reporter.name
        phone = reporter.phone
        email = reporter.email
        address = reporter.address
        safeContact = reporter.safeContact
        self.masked = masked
    }
}

extension ReportJSON.Step {
    init(_ entry: StoryEntry, view: ReportView, workflow: Workflow, language: String) {
        at = entry.at.rfc3339
        act = entry.act
        stage = entry.to
        label = workflow.acts[entry.act]?.label.text(language) ?? entry.act
        staff = entry.staff.flatMap { view.world.staff[$0]?.name }
        organ = view.world.organs[entry.organ]?.code
        codes = entry.codes
        texts = Dictionary(entry.texts.map { ($0.field, $0.text) }, uniquingKeysWith: { first, _ in first })
    }
}

extension ReportJSON.Hop {
    init(_ view: HopView, world: World) {
        let isOutside = view.hop.isOutside
        organ = OrNull(isOutside ? nil : world.organs[view.hop.organ]?.code)
        office = OrNull(isOutside ? nil : world.offices[view.hop.office]?.code)
        number = OrNull(isOutside ? nil : view.number)
        via = view.hop.via
        since = view.hop.since.rfc3339
        signed = OrNull(view.hop.signed?.rfc3339)
        unsigned = view.hop.isToSign && view.hop.signed == nil
    }
}

extension ReportJSON.Limit {
    init(_ state: LimitState, texts: Catalogue, language: String) {
        name = state.rule.name
        label = state.rule.label.text(language)
        due = state.due.text
        source = state.rule.source.text(language)
        start = state.start.rfc3339
        met = state.met?.rfc3339
        exceptions = state.exceptions
        provisional = state.provisional
        paused = state.isPaused
        explanation = LimitText(texts: texts, language: language).lines(state)
    }
}

extension ReportJSON.Field {
    init(_ rule: FieldRule, choices: DynamicChoices, language: String) {
        name = rule.name
        type = rule.kind.rawValue
        label = rule.label.text(language)
        required = rule.required
        if rule.kind == .choice || rule.kind == .choices {
            options = rule.allChoices(choices).map {
                ReportJSON.Option(value: $0.value, label: $0.label.text(language))
            }
        }
        if rule.kind == .list {
            item = rule.item.map { ReportJSON.Field($0, choices: choices, language: language) }
        }
    }

    /// A field that is asked for several values of another stands there once for each of them.
    static func each(_ rule: FieldRule, choices: DynamicChoices, language: String) -> [Self] {
        var conditions: [[String: String]] = [[:]]
        for (name, values) in rule.when.sorted(by: { $0.key < $1.key }) {
            conditions = conditions.flatMap { known in
                values.map { known.merging([name: $0]) { first, _ in first } }
            }
        }
        return conditions.map { condition in
            var field = Self(rule, choices: choices, language: language)
            if !condition.isEmpty { field.when = condition }
            return field
        }
    }
}

/// A value that is written as null when it is absent, so that a client always finds the name.
struct OrNull<Value: Encodable>: Encodable {
    var value: Value?

    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
