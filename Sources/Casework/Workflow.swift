package import Kernel

/// A name in both languages of the interface.
package struct Bilingual: Sendable, Hashable {
    package var zh: String
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    /// Whether a reader of one of the languages would read nothing.
    package var isIncomplete: Bool { zh.isEmpty || en.isEmpty }

    /// `language` is a BCP 47 tag; everything but English reads Chinese.
    package func text(_ language: String) -> String { language.hasPrefix("en") ? en : zh }
}

/// One value of a vocabulary.
package struct Choice: Sendable, Hashable {
    package var value: String
    package var label: Bilingual

    package init(value: String, label: Bilingual) {
        self.value = value
        self.label = label
    }
}

/// Conditions on facts: every key must have one of the values.
package typealias Condition = [String: [String]]

/// One field of an act's form.
package struct FieldRule: Sendable, Hashable {
    package enum Kind: String, Sendable { case text, choice, choices, date, number, flag, list }
    /// Under which key a free text is sealed.
    package enum Seal: String, Sendable {
        case `case`, letter, identity
        /// A key of its own for those on both sides: the offices of the holding organ, the sender's desk, and whoever
        /// must agree.
        case shared
    }
    package var name: String
    package var kind: Kind
    package var label: Bilingual
    package var required: Bool
    /// Fixed choices: of a vocabulary, or written with the field.
    package var choices: [Choice]
    /// The name of a list of choices that depends on the report: offices, organs, people.
    package var options: String?
    package var item: [FieldRule]
    package var when: Condition
    /// The stages at which it is asked; empty: wherever the act is possible.
    package var at: Set<String> = []
    package var seal: Seal
    package var minimum: Int?
    package var maximum: Int?
    package var prefill: String?
}

/// A way from one stage to another.
package struct Step: Sendable, Hashable {
    package var stage: String
    /// `nil`: the stage stays.
    package var to: String?
    package var when: Condition
    package var unless: Condition
}

/// Who may act.
package enum ActorRule: Sendable, Hashable {
    /// Members with one of the roles in the office that stands in this relation to the report.
    case office(Relation, roles: Set<Role>)
    /// Somebody who was allocated to the report.
    case handler
    /// A member of the verification team who has not signed its report yet.
    case signer
    /// Whoever must agree to a request that waits.
    case approver
    /// Whoever sees anything of the report, by whatever role: custodians, who sent it down, who looks on, who is asked.
    case reader
    /// Whoever holds the receipt: nobody of the staff.
    case reporter

    package enum Relation: String, Sendable {
        /// The office that holds the report now.
        case holder
        /// The receiving office of the organ that holds it now.
        case intake
        /// The leaders of the organ that holds it now.
        case leaders
        /// The custodians of the organ that holds it now.
        case custody
        /// The desk of the organ that forwarded or assigned it.
        case sender
        /// The leaders of the organ that forwarded or assigned it.
        case senderLeaders = "sender-leaders"
        /// The leaders of the organ above the one that holds it now.
        case superiorLeaders = "superior-leaders"
        /// The leaders of the organ of whoever asks.
        case ownLeaders = "own-leaders"
        /// An office that looks on: a supervising office with a copy, a common superior that was alarmed.
        case watcher
        /// Of those, the common superior that was alarmed.
        case alarmed
        /// The case supervision office that was asked for its view.
        case consulted
    }
}

/// When an act is what the report waits for.
package enum Waits: Sendable, Hashable {
    case never
    case always
    case stages(Set<String>)
    /// While the named fact holds and the act was not yet done.
    case fact(String)
}

/// One act of the workflow.
package struct ActRule: Sendable, Hashable {
    package var name: String
    package var label: Bilingual
    package var source: Bilingual
    /// Empty: possible at any stage.
    package var steps: [Step]
    /// Possible even when the report has come to its end.
    package var alsoAtEnd: Bool
    package var actors: [ActorRule]
    /// Where a condition holds, these roles instead: a matter that only the first leader may approve.
    package var narrowed: [NarrowRule]
    /// The person who proposed may not decide.
    package var notByProposer: Bool
    package var waits: Waits
    /// A fact that must hold for the act to be offered.
    package var only: String?
    package var once: Bool
    package var guardCondition: Condition
    package var effect: String?
    package var fields: [FieldRule]
    /// The act is a request: it takes effect once somebody else agrees. The first rule whose condition holds counts.
    package var approval: [ApprovalRule]
    /// Only an organ of this level or above may decide (设区的市级以上: 规则 29, 39条).
    package var competence: ManagementLevel?
    /// A mark that the report carries from then on.
    package var mark: String?
    /// Marks that are over with this act.
    package var unmark: [String]
}

/// Who must agree to a request, and by which article.
package struct ApprovalRule: Sendable, Hashable {
    package var by: [ActorRule]
    /// Who agrees instead where none of those is there today.
    package var otherwise: [ActorRule] = []
    /// Whoever agrees sees stage, holder and dates for it, and neither letter nor papers.
    package var isBlind = false
    package var when: Condition
    package var source: Bilingual
}

/// To which roles an act is narrowed while a condition holds, and by which article.
package struct NarrowRule: Sendable, Hashable {
    package var when: Condition
    package var roles: Set<Role>
    /// Who decides instead where none of those is left, in the organ or above it.
    package var otherwise: Set<Role>
    package var source: Bilingual
}

/// One stage.
package struct StageRule: Sendable, Hashable {
    package enum Phase: String, Sendable { case intake, decision, handling, end }
    package var name: String
    package var label: Bilingual
    package var phase: Phase
    package var publicStage: String
    /// The act that new evidence from the reporter brings about (暂存待查: a new lead wakes it).
    package var evidence: String?
}

/// One time limit.
package struct LimitRule: Sendable, Hashable {
    package enum Unit: String, Sendable { case working, calendar, months }
    package var name: String
    package var label: Bilingual
    package var starts: [String]
    package var ends: Set<String>
    /// How the act that starts it fulfils it at the same time; `nil`: an act of ``ends`` has to.
    package var atOnce: Bilingual?
    package var count: Int
    package var unit: Unit
    /// A fact that must hold, e.g. `real-name`.
    package var when: String?
    package var source: Bilingual
    /// How often and by how much the limit may be extended; `nil`: not at all.
    package var prolonging: LimitExtension?
    /// A day that is agreed to together with what starts the clock, and counts where it is earlier; `nil`: none.
    package var planned: LimitPlan?
    /// What stops the clock, each by a rule with a name.
    package var pauses: [LimitPause]
}

/// By how much a limit may be extended (one act `extend` that was agreed to, each time).
package struct LimitExtension: Sendable, Hashable {
    package var most: Int
    package var count: Int
    package var unit: LimitRule.Unit
    package var source: Bilingual
}

/// Where the day stands that a limit's own work is planned for: a date of an act's form, agreed to with the act.
package struct LimitPlan: Sendable, Hashable {
    package var act: String
    package var field: String
    package var source: Bilingual
}

/// Time that does not count: from one act to another.
package struct LimitPause: Sendable, Hashable {
    package var name: String
    package var label: Bilingual
    package var starts: [String]
    package var ends: Set<String>
    package var source: Bilingual
}

/// The workflow of reports as one version of the rules states it.
package struct Workflow: Sendable {
    package let version: String
    package let effectiveFrom: Day
    /// Whether the version also touches reports that began before it.
    package let scope: RuleScope
    /// The file it was read from, and its text: an organ's changes are laid over it.
    package let file: String
    package let text: String
    package let source: Bilingual
    package let vocabularies: [String: [Choice]]
    package let stages: [String: StageRule]
    /// Stages in the order of the file.
    package let stageOrder: [String]
    package let publicStages: [String: Bilingual]
    package let acts: [String: ActRule]
    /// Acts in the order of the file: the order in which a person sees them.
    package let actOrder: [String]
    package let limits: [LimitRule]
    /// The longest run of characters that a list of questions may share with the report (I-6).
    package let longestSharedRun: Int
    /// How many people verify at least (监督执纪工作规则).
    package let leastTeam: Int
    /// Of how many answered inquiries of an organ one is drawn to be checked (监督执纪工作规则).
    package let spotCheckOneIn: Int
    /// The limits by the acts that touch them.
    let limitIndex: LimitIndex
    /// For each stage the acts that a report there may be waiting for, in the order of the file.
    let waitedFor: [String: [ActRule]]

    package func label(_ vocabulary: String, _ value: String, _ language: String) -> String {
        vocabularies[vocabulary]?.first { $0.value == value }?.label.text(language) ?? value
    }

    /// Marks that say what a letter is: they go with it to another organ.
    package static let lastingMarks: Set = ["danger", "repeat"]

    /// A mark was set by hand at registration, or by an act.
    package func markLabel(_ mark: String, _ language: String) -> String {
        let known = vocabularies["sensitivity"]?.contains { $0.value == mark } ?? false
        return label(known ? "sensitivity" : "mark", mark, language)
    }

    package func stageLabel(_ stage: String, _ language: String) -> String {
        stages[stage]?.label.text(language) ?? stage
    }

    /// The stage in plain words, as the reporter reads it.
    package func publicLabel(_ stage: String, _ language: String) -> String {
        guard let name = stages[stage]?.publicStage else { return stage }
        return publicStages[name]?.text(language) ?? name
    }
}

extension ActRule {
    /// An act that no rule file needs to allow: what a reporter does by receipt, and a paper that is attached.
    package static func unruled(_ name: String) -> ActRule {
        ActRule(
            name: name, label: Bilingual(zh: name, en: name), source: Bilingual(zh: "", en: ""), steps: [],
            alsoAtEnd: true, actors: [],
            narrowed: [], notByProposer: false,
            waits: .never, only: nil, once: false, guardCondition: [:], effect: nil, fields: [], approval: [],
            competence: nil, mark: nil, unmark: [])
    }
}
