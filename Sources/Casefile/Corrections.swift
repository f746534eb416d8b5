import Casework
import Database
import Foundation
import Kernel
import Sealing

extension Casefile {
    /// What stood in the letter before each correction, as texts of the events that corrected it.
    func corrections(_ open: OpenReport, _ tx: any Transaction) throws -> [OpenedText] {
        guard open.reach.letter, let key = open.letterKey,
            open.stored.standing.done.contains(where: { $0.act == "amend" })
        else { return [] }
        let rows = try tx.rows(
            """
            SELECT seq, at, envelope FROM sealed WHERE report_id = \(open.stored.id) AND field = 'letter' ORDER BY seq
            """)
        var result: [OpenedText] = []
        var before: Letter?
        for row in rows {
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
