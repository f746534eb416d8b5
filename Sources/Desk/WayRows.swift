import Casefile
import Casework
import Kernel
import Site

/// The way of a report and what waits for agreement, in the words of a page.
struct WayRows {
    let view: ReportView
    let texts: Catalogue
    let language: String

    private var isEnglish: Bool { language.hasPrefix("en") }

    func name(_ organ: OrganID) -> String? {
        view.world.organs[organ].map { isEnglish ? $0.nameEnglish : $0.shortName }
    }

    private func name(_ office: OfficeID) -> String? {
        view.world.offices[office].map { isEnglish ? $0.nameEnglish : $0.name }
    }

    var way: [Entry] {
        view.way.map { row in
            Entry([
                "organ": row.hop.isOutside ? texts.text("desk.way.agency") : name(row.hop.organ),
                "office": row.hop.isOutside ? nil : name(row.hop.office),
                "via": texts.text("desk.via.\(row.hop.via)"),
                "since": row.hop.since.shortText, "signed": row.hop.signed?.shortText,
                "unsigned": row.hop.isToSign && row.hop.signed == nil, "number": row.hop.isOutside ? nil : row.number,
                "now": row.isLast,
            ])
        }
    }

    var requests: [Entry] {
        view.requests.map { request in
            let asked = request.asked.compactMap { office -> String? in
                let organ = view.world.offices[office].flatMap { name($0.organ) }
                return [organ, name(office)].compactMap { $0 }.joined(separator: " · ")
            }
            let asker = request.asker.flatMap { view.world.staff[$0] }
            let organ = asker.flatMap { name($0.organ) }
            let who = asker.map { isEnglish ? $0.nameEnglish : $0.name }
            return Entry([
                "what": request.rule.label.text(language), "who": who, "organ": organ,
                "asked": asked.joined(separator: texts.text("desk.list.items")), "since": request.since.shortText,
                "mine": request.isMine, "why": request.why,
            ])
        }
    }
}
