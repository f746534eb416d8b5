package import Casework
import Database
import Foundation
import Kernel
import Sealing

/// Bounds of a search.
package enum SearchLimits {
    /// Characters of what is searched for, and words of it that must all occur.
    package static let words = 100
    package static let parts = 8
    /// A search ends at so many reports: who finds more should say more.
    package static let found = 200
    /// Newest reports that one search looks through.
    package static let reports = 1_000_000
    /// Reports opened in one step; between two steps others have their turn and progress is told.
    static let step = 500
    /// How long what was found is kept after the end.
    static let keptSeconds: Int64 = 1800
}

/// What a search looks at.
package enum SearchKind: String, Sendable, CaseIterable {
    /// Words in title, letter, and conversation if asked.
    case text
    /// The exact name of a reported person or unit, whatever its spelling.
    case name
    case unit
    /// The number of a report at the viewer's own organ.
    case number
}

/// What somebody searches for.
package struct SearchQuery: Sendable, Equatable {
    package var kind: SearchKind
    package var words: String
    /// With ``SearchKind/text``: also in what was written to and from the reporter.
    package var messages: Bool

    package init(_ kind: SearchKind, _ words: String, messages: Bool = false) {
        self.kind = kind
        self.words = words
        self.messages = messages
    }
}

/// A query made plain: what is compared.
struct PlainQuery: Sendable {
    var query: SearchQuery
    /// Each must occur in one and the same report.
    var needles: [Needle] = []
    /// Of a person or unit: the names under which it may stand.
    var names: Set<String> = []
    var number = ""
    /// What an event remembers, under a keyed hash.
    var remembered: [String] = []

    init(_ query: SearchQuery, names plain: SearchNames) throws {
        self.query = query
        let words = query.words
        if words.allSatisfy(\.isWhitespace) { throw CasefileError.invalid([FieldFault("words", "required")]) }
        if words.count > SearchLimits.words || words.utf8.count > SearchLimits.words * 4 {
            throw CasefileError.invalid([FieldFault("words", "tooLong")])
        }
        if words.utf8.contains(0) { throw CasefileError.invalid([FieldFault("words", "text")]) }
        switch query.kind {
        case .text:
            let parts = words.split(maxSplits: SearchLimits.parts, whereSeparator: \.isWhitespace)
                .map { plain.fold.folded(String($0)) }.filter { !$0.isEmpty }
            guard parts.contains(where: { $0.count >= SearchNames.shortest }) else { throw Self.tooShort }
            guard parts.count <= SearchLimits.parts else {
                throw CasefileError.invalid([FieldFault("words", "tooMany")])
            }
            needles = parts.map { Needle(Array($0.utf8)) }
            remembered = parts.sorted()
        case .name, .unit:
            names = query.kind == .name ? plain.people(in: words) : plain.units(in: words)
            guard !names.isEmpty else { throw Self.tooShort }
            remembered = names.sorted()
        case .number:
            number = Digits.folded(words).uppercased().filter { $0.isLetter || $0.isNumber }
            guard number.count >= SearchNames.shortest else { throw Self.tooShort }
            remembered = [number]
        }
    }

    private static let tooShort = CasefileError.invalid([FieldFault("words", "tooShort")])

    /// `n` or `u`, as the tokens have it.
    var mark: String { query.kind == .unit ? "u" : "n" }
}

extension Casefile {
    /// What was found, as lists show it, with titles: what this viewer can no longer open is left out.
    package func found(_ reports: [ReportID], for viewer: Viewer) async throws -> [InboxItem] {
        var items: [InboxItem] = []
        let today = clock.now().day
        for id in reports {
            guard let (open, letter) = try await opened(id, for: viewer) else { continue }
            let stored = open.stored
            var marks = stored.marks
            if let due = stored.dueDay, due <= today.adding(days: 3) {
                marks.insert(due < today ? "overdue" : "near", at: 0)
            }
            let ownOrgan = open.picture.world.staff[viewer.staff]?.organ
            items.append(
                InboxItem(
                    id: id,
                    number: stored.standing.custodies.last { $0.organ == ownOrgan && $0.number != nil }?.number,
                    stage: stored.standing.stage, receivedAt: stored.receivedAt, due: stored.dueDay,
                    channel: stored.channel, marks: marks, title: letter.title))
        }
        return items
    }

    /// The one door: a report whose letter this viewer may read now, or nothing. Whoever turns out to be named in it is
    /// barred from this moment on.
    func opened(_ id: ReportID, for viewer: Viewer) async throws -> (OpenReport, Letter)? {
        let casefile = self
        do {
            return try await refusingTheNamed(id, viewer) {
                try await database.read { tx in
                    let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                    guard let letter = try open.letter(tx) else { throw CasefileError.notFound }
                    try open.refuseTheNamed(viewer, letter: letter)
                    return (open, letter)
                }
            }
        } catch CasefileError.notFound {
            return nil
        }
    }

    /// That somebody searched is an event of that person: when, in which offices, of which kind, and a keyed hash by
    /// which the same words are recognised and nothing is read.
    func recordSearch(_ plain: PlainQuery, by viewer: Viewer) async throws {
        try await recordSearch(kind: plain.query.kind.rawValue, words: plain.remembered, by: viewer)
    }

    func recordSearch(kind: String, words: [String], by viewer: Viewer) async throws {
        let now = clock.now()
        let mark = KeyedHash.hmac(key: keys.index.derived(for: "search events"), parts: [kind] + words)
        let offices = try await world().places(of: viewer.staff).filter(\.admitted).map(\.office.description)
        try await database.write { tx in
            let asked = Identifier<SealedTag>.ordered(at: now)
            try tx.run(
                """
                INSERT INTO search_event (id, staff_id, organ_id, offices, at, kind, words)
                VALUES (\(asked), \(viewer.staff), \(viewer.organ),
                  \(JSONText.encode(Set(offices).sorted())), \(now), \(kind), \(mark))
                """)
            try LogLeaf.append(.search, asked.description, tx)
        }
    }
}
