import Casefile
import Casework
import Entrance
import Hummingbird
import Kernel
import Mustache
import Site

/// The queue as asked for in an address, and back.
struct QueueRequest: Sendable {
    var query: InboxQuery
    /// How many lines a page may have, as people choose it; the first is offered.
    static let lengths = [25, 50, 100]

    /// How a view is sorted unless somebody chose: what waits by when it is due, the rest by arrival.
    private static func sort(of tab: InboxQuery.Tab) -> InboxQuery.Sort { tab == .waiting ? .due : .oldest }

    init(_ request: Request, stages: [String]) {
        let tab = request.query("tab").flatMap { InboxQuery.Tab(rawValue: $0) } ?? .waiting
        query = InboxQuery(
            tab: tab,
            sort: request.query("sort").flatMap { InboxQuery.Sort(rawValue: $0) } ?? Self.sort(of: tab),
            limit: request.query("rows").flatMap { Int($0) }.flatMap { Self.lengths.contains($0) ? $0 : nil }
                ?? Self.lengths[0],
            offset: request.query("offset").flatMap { Int($0) } ?? 0,
            stage: request.query("stage").flatMap { stages.contains($0) ? $0 : nil },
            channel: request.query("channel").flatMap { Channel(rawValue: $0) })
    }

    /// The same queue, as the form that exports it names it: the whole of it, whatever page is shown.
    init(_ form: Form, stages: [String]) {
        let tab = form["tab"].flatMap { InboxQuery.Tab(rawValue: $0) } ?? .waiting
        query = InboxQuery(
            tab: tab, sort: form["sort"].flatMap { InboxQuery.Sort(rawValue: $0) } ?? Self.sort(of: tab),
            stage: form["stage"].flatMap { stages.contains($0) ? $0 : nil },
            channel: form["channel"].flatMap { Channel(rawValue: $0) })
    }

    /// The hidden fields of that form.
    var fields: [FormField] {
        [
            ("tab", query.tab.rawValue), ("sort", query.sort.rawValue), ("stage", query.stage ?? ""),
            ("channel", query.channel?.rawValue ?? ""),
        ].map { FormField($0, "", .hidden, value: $1) }
    }

    /// The query string of another view of the same queue.
    func address(tab: InboxQuery.Tab? = nil, offset: Int? = nil) -> String {
        var parts = ["tab=\((tab ?? query.tab).rawValue)"]
        if query.sort != Self.sort(of: query.tab) { parts.append("sort=\(query.sort.rawValue)") }
        if query.limit != Self.lengths[0] { parts.append("rows=\(query.limit)") }
        if tab == nil {
            if let stage = query.stage { parts.append("stage=\(stage)") }
            if let channel = query.channel { parts.append("channel=\(channel.rawValue)") }
            let start = offset ?? query.offset
            if start > 0 { parts.append("offset=\(start)") }
        }
        return "?" + parts.joined(separator: "&")
    }
}

/// One report in the queue.
struct QueueItem: MustacheParent {
    let href: String
    let title: String
    let number: String?
    let stage: String
    let received: String
    let due: String?
    let isOverdue: Bool
    let isNear: Bool
    let marks: [QueueMark]
    let isCurrent: Bool

    func child(named name: String) -> Any? {
        switch name {
        case "href": href
        case "title": title
        case "number": here(number)
        case "stage": stage
        case "received": received
        case "due": here(due)
        case "overdue": isOverdue
        case "near": isNear
        case "marks": marks
        case "current": isCurrent
        default: nil
        }
    }
}

extension QueueItem {
    init(
        _ item: InboxItem, address: String = "", current: ReportID? = nil, workflow: Workflow, texts: Catalogue,
        language: String
    ) {
        self.init(
            href: "/desk/reports/\(item.id)" + address,
            // To whoever may not read it, its number names it.
            title: item.title ?? item.number ?? texts.text("desk.sealed-title"),
            number: item.title == nil ? nil : item.number, stage: workflow.stageLabel(item.stage, language),
            received: item.receivedAt.day.text,
            due: item.due?.text, isOverdue: item.marks.contains("overdue"), isNear: item.marks.contains("near"),
            marks: item.marks.filter { $0 != "overdue" && $0 != "near" }.map {
                QueueMark(label: workflow.markLabel($0, language), isBad: ["urgent", "threat", "danger"].contains($0))
            }, isCurrent: item.id == current)
    }
}

struct QueueMark: MustacheParent {
    let label: String
    let isBad: Bool

    func child(named name: String) -> Any? {
        switch name {
        case "label": label
        case "bad": isBad
        default: nil
        }
    }
}

struct QueueTab: MustacheParent {
    let label: String
    let href: String
    let isCurrent: Bool
    let mark: String?

    func child(named name: String) -> Any? {
        switch name {
        case "label": label
        case "href": href
        case "current": isCurrent
        case "mark": here(mark)
        default: nil
        }
    }
}

/// The queue pane: tabs, filters, reports, pages.
struct QueueModel: MustacheParent {
    let tabs: [QueueTab]
    let filters: [FormField]
    let tabName: String
    let items: [QueueItem]
    let pages: Pagination?
    /// What the form that exports the list holds.
    let exported: [FormField]
    /// The form that tells of the kept repeats in the list, where those are asked for.
    let repeats: Entry?

    func child(named name: String) -> Any? {
        switch name {
        case "tabs": tabs
        case "filters": filters
        case "tabName": tabName
        case "items": items
        case "pages": here(pages)
        case "exported": items.isEmpty ? nil : ["fields": exported]
        case "repeats": here(repeats)
        default: nil
        }
    }

    init(
        _ page: InboxPage, request: QueueRequest, waiting: Int, current: ReportID?, workflow: Workflow,
        texts: Catalogue, language: String
    ) {
        let query = request.query
        tabName = query.tab.rawValue
        exported = request.fields
        tabs = InboxQuery.Tab.allCases.map { tab in
            QueueTab(
                label: texts.text("desk.tab.\(tab.rawValue)"), href: "/desk" + request.address(tab: tab),
                isCurrent: tab == query.tab,
                mark: tab == .waiting ? (waiting >= 1000 ? "999+" : String(waiting)) : nil)
        }
        filters = [
            FormField(
                "stage", texts.text("desk.filter.stage"), .select, value: query.stage,
                options: workflow.stageOrder.map {
                    FieldOption($0, workflow.stageLabel($0, language), isChosen: $0 == query.stage)
                }, emptyLabel: texts.text("desk.filter.all"), isRequired: true),
            FormField(
                "channel", texts.text("desk.filter.channel"), .select,
                options: Channel.allCases.map {
                    FieldOption($0.rawValue, texts.text("desk.channel.\($0.rawValue)"), isChosen: $0 == query.channel)
                }, emptyLabel: texts.text("desk.filter.all"), isRequired: true),
            FormField(
                "sort", texts.text("desk.filter.sort"), .select,
                options: InboxQuery.Sort.allCases.map {
                    FieldOption($0.rawValue, texts.text("desk.sort.\($0)"), isChosen: $0 == query.sort)
                }, isRequired: true),
            FormField(
                "rows", texts.text("desk.filter.rows"), .select,
                options: QueueRequest.lengths.map {
                    FieldOption(String($0), String($0), isChosen: $0 == query.limit)
                }, isRequired: true),
        ]
        let kept = page.items.filter {
            $0.stage == "kept" && $0.marks.contains("repeat") && !$0.marks.contains("told")
        }
        repeats =
            query.tab != .waiting || query.stage != "kept" || kept.isEmpty
            ? nil
            : Entry([
                "ids": kept.map { Entry(["id": $0.id.description]) },
                "action": texts.format("desk.repeats.action", ["n": String(kept.count)]),
            ])
        items = page.items.map { item in
            QueueItem(
                item, address: request.address(), current: current, workflow: workflow, texts: texts,
                language: language)
        }
        let first = query.offset + 1
        let previous = query.offset > 0 ? "/desk" + request.address(offset: max(0, query.offset - query.limit)) : nil
        let next = page.more ? "/desk" + request.address(offset: query.offset + query.limit) : nil
        pages =
            previous == nil && next == nil
            ? nil
            : Pagination(
                previous: previous, next: next,
                position: texts.format(
                    "desk.position", ["from": String(first), "to": String(query.offset + page.items.count)]))
    }
}
