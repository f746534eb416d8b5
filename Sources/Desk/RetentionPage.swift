import Casefile
import Casework
import Kernel
import Site

/// Lists of what is to be destroyed, in words.
struct RetentionWords {
    let rules: RetentionRules
    let workflow: Workflow
    let world: World
    let texts: Catalogue
    let language: String

    private func name(_ person: StaffID) -> String {
        world.staff[person].map { texts.language == .en ? $0.nameEnglish : $0.name } ?? ""
    }

    private func name(_ office: OfficeID) -> String? {
        world.offices[office].map { texts.language == .en ? $0.nameEnglish : $0.name }
    }

    private func told(_ deed: DestructionList.Deed?) -> String? {
        deed.map { "\(name($0.by)) · \($0.at.shortText)" }
    }

    private func label(_ choices: [Choice], _ value: String) -> String {
        choices.first { $0.value == value }?.label.text(language) ?? value
    }

    private func kind(_ value: String?) -> String {
        value.map { workflow.label("category", $0, language) } ?? texts.text("retention.no-kind")
    }

    private func joined(_ items: [String]) -> String { items.joined(separator: texts.text("desk.list.items")) }

    private func load(_ count: Int, _ files: Int, _ bytes: Int64) -> String {
        texts.format(
            "retention.load", ["texts": String(count), "files": String(files), "size": Sizes.text(bytes)])
    }

    // MARK: What is due, and the lists

    func overview(due: [DueReport]?, lists: [DestructionList]) -> Entry {
        let goes = due?.filter { $0.leftOut == nil } ?? []
        let left = due?.filter { $0.leftOut != nil } ?? []
        return Entry([
            "draws": due != nil, "due": goes.map(row), "hasDue": !goes.isEmpty, "left": left.map(row),
            "hasLeft": !left.isEmpty, "rules": periods, "approval": approval, "lists": lists.map(line),
            "hasLists": !lists.isEmpty,
            "total": load(
                goes.map(\.texts).reduce(0, +), goes.map(\.files).reduce(0, +), goes.map(\.bytes).reduce(0, +)),
        ])
    }

    private func row(_ due: DueReport) -> Entry {
        let why: String? =
            switch due.leftOut {
            case .held(let ground, let since):
                texts.format(
                    "retention.held", ["ground": workflow.label("hold-ground", ground, language), "day": since.text])
            case .tooFewLeaders: texts.format("retention.too-few", ["count": String(rules.approvals)])
            case nil: nil
            }
        return Entry([
            "number": due.number, "href": "/desk/reports/\(due.id)",
            "cells": [
                kind(due.kind), label(rules.outcomes, due.outcome), due.archivedDay.text,
                rules.rule(due.rule)?.label.text(language) ?? due.rule, due.lastDay.text,
                why ?? load(due.texts, due.files, due.bytes),
            ],
        ])
    }

    private func line(_ list: DestructionList) -> Entry {
        Entry([
            "href": "/retention/\(list.id)", "drawn": told(list.drawn), "office": name(list.office),
            "count": String(list.entries.count), "state": state(list), "mine": list.toApprove > 0,
        ])
    }

    private func state(_ list: DestructionList) -> String {
        if let refused = list.refused { return texts.format("retention.refused-by", ["who": told(refused) ?? ""]) }
        let destroyed = list.entries.count { $0.destroyedAt != nil }
        return texts.format(
            "retention.progress",
            [
                "destroyed": String(destroyed),
                "approved": String(list.entries.count { $0.due(rules) != nil }),
                "open": String(list.entries.count { $0.isOpen && $0.due(rules) == nil }),
            ])
    }

    /// The table of periods with what each rests on.
    private var periods: [Entry] {
        rules.rules.map { rule in
            Entry([
                "label": rule.label.text(language), "source": rule.source.text(language), "assumed": rule.isAssumed,
            ])
        }
    }

    private var approval: String {
        texts.format("retention.approval", ["count": String(rules.approvals), "days": String(rules.graceDays)])
    }

    // MARK: One list

    func page(_ list: DestructionList, _ summary: ErrorSummary) -> Entry {
        let open = list.entries.filter(\.isOpen)
        let fields = [
            FormField(
                "report", texts.text("retention.field.report"), .select, error: summary["report"],
                options: open.map { FieldOption($0.report.description, $0.number) }, isRequired: true),
            FormField(
                "ground", texts.text("retention.field.ground"), .choice, error: summary["ground"],
                options: rules.strikeGrounds.map { FieldOption($0.value, $0.label.text(language)) }, isRequired: true),
        ]
        return Entry([
            "drawn": told(list.drawn), "office": name(list.office), "state": state(list), "rules": list.rules,
            "approval": approval, "rows": list.entries.map(row), "address": "/retention/\(list.id)",
            "mayApprove": list.toApprove > 0,
            "approve": texts.format("retention.approve", ["count": String(list.toApprove)]),
            "mayStop": list.mayStop, "fields": fields, "summary": summary.isEmpty ? nil : summary,
            "total": load(
                list.entries.map(\.texts).reduce(0, +), list.entries.map(\.files).reduce(0, +),
                list.entries.map(\.bytes).reduce(0, +)),
            "backups": backups(list),
        ])
    }

    private func row(_ entry: DestructionList.Entry) -> Entry {
        Entry([
            "number": entry.number,
            "cells": [
                kind(entry.kind), label(rules.outcomes, entry.outcome), entry.archivedDay.text,
                rules.rule(entry.rule)?.label.text(language) ?? entry.rule, load(entry.texts, entry.files, entry.bytes),
                state(entry),
            ],
        ])
    }

    private func state(_ entry: DestructionList.Entry) -> String {
        if let at = entry.destroyedAt { return texts.format("retention.destroyed-on", ["day": at.day.text]) }
        if let struck = entry.struck {
            return texts.format(
                "retention.struck-by",
                ["who": told(struck) ?? "", "ground": label(rules.strikeGrounds, entry.struckGround ?? "")])
        }
        if entry.isStopped { return texts.text("retention.stopped") }
        let approvals = joined(entry.approvals.compactMap { told($0) })
        if let due = entry.due(rules) {
            return texts.format("retention.due-on", ["who": approvals, "day": due.day.text])
        }
        return approvals.isEmpty
            ? texts.text("retention.not-approved") : texts.format("retention.approved-by", ["who": approvals])
    }

    /// Whether the destruction is complete, or for what it waits: files, the database's log, the backups of which months.
    private func backups(_ list: DestructionList) -> String? {
        let destroyed = list.entries.filter { $0.destroyedAt != nil }
        if destroyed.isEmpty { return nil }
        guard destroyed.allSatisfy(\.isCleared) else { return texts.text("retention.clearing") }
        return list.backups.isEmpty
            ? texts.text("retention.complete")
            : texts.format("retention.waits-for", ["months": joined(list.backups.map(\.description))])
    }
}
