import Casework
import Database
import Kernel
import Sealing

/// The sealed letters of one step and the keys that open them.
struct SearchStep: Sendable {
    private struct Sealed: Sendable {
        var key: SealingKeyID
        var field: String
        var sequence: Int
        var envelope: [UInt8]
    }

    /// How one key opens.
    private struct Opening: Sendable {
        var key: SealingKeyID
        var recipient: String
        var generation: Int
        var quick: [UInt8]?
        /// There where the tokens are not made yet.
        var wrap: [UInt8]?
    }

    private struct Report: Sendable {
        var id: ReportID
        /// One of each turn of the letter's key: mostly there is one, and no list is made for it.
        private var first: Opening?
        private var others: [Opening] = []
        var letter: Sealed?
        var messages: [Sealed] = []

        init(id: ReportID) { self.id = id }

        func opening(of key: SealingKeyID) -> Opening? {
            first?.key == key ? first : others.first { $0.key == key }
        }

        /// One of several wraps of a key is enough: one that is quick to open, if there is one.
        func needs(_ key: SealingKeyID, quick: [UInt8]?) -> Bool {
            opening(of: key).map { $0.quick == nil && quick != nil } ?? true
        }

        mutating func keep(_ opening: Opening) {
            if first == nil || first?.key == opening.key {
                first = opening
            } else if let known = others.firstIndex(where: { $0.key == opening.key }) {
                others[known] = opening
            } else {
                others.append(opening)
            }
        }
    }

    struct Outcome: Sendable {
        var matching: [ReportID] = []
        var entries: [SearchEntry] = []
    }

    private var reports: [Report] = []
    private let ring: SearchRing

    init(_ step: [ReportID], rows: [Row], ring: SearchRing) throws {
        self.ring = ring
        reports = step.map { Report(id: $0) }
        let places = Dictionary(step.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for row in rows {
            guard let place = places[try row.get(at: 0)] else { continue }
            let envelope: [UInt8] = try row.get(at: 3)
            guard let key = try? Envelope.keyID(of: envelope) else { continue }
            let quick: [UInt8]? = try row.get(at: 6)
            if reports[place].needs(key, quick: quick) {
                reports[place].keep(
                    Opening(
                        key: key, recipient: try row.get(at: 4), generation: try row.get(at: 5), quick: quick,
                        wrap: try row.get(at: 7)))
            }
            let sealed = Sealed(
                key: key, field: try row.get(at: 1), sequence: try row.get(at: 2), envelope: envelope)
            if sealed.field != "letter" {
                let known = reports[place].messages
                if !known.contains(where: { $0.sequence == sealed.sequence && $0.field == sealed.field }) {
                    reports[place].messages.append(sealed)
                }
            } else if sealed.sequence >= reports[place].letter?.sequence ?? 0 {
                reports[place].letter = sealed
            }
        }
    }

    /// Opens, compares, and makes what is missing beside the wraps. What does not open is not found.
    func searched(for plain: PlainQuery, names: SearchNames) -> Outcome {
        var outcome = Outcome()
        var ring = ring
        for report in reports {
            guard let letter = report.letter, let opening = report.opening(of: letter.key),
                let keys = try? ring.keys(of: opening.recipient, opening.generation),
                let held = try? key(opening, keys, &ring),
                let bytes = try? Envelope.open(
                    letter.envelope, under: held.secret, binding: .text(report.id, "letter", letter.sequence))
            else { continue }
            let told = SearchLetter(bytes)
            let marks = opening.wrap == nil && plain.query.kind == .text ? [] : names.marks(of: told.parties())
            if matches(plain, told, marks, names) || matchesMessages(plain, report, held, told, names, &ring) {
                outcome.matching.append(report.id)
            }
            if let wrap = opening.wrap, let quick = try? opening.quick ?? keys.seal(held) {
                outcome.entries.append(
                    SearchEntry(
                        report: report.id, keyID: opening.key, recipient: opening.recipient, wrap: wrap,
                        sequence: letter.sequence, quick: quick,
                        tokens: marks.map { keys.token($0.kind, $0.plain) }))
            }
        }
        return outcome
    }

    private func key(_ opening: Opening, _ keys: SearchKeys, _ ring: inout SearchRing) throws -> HeldKey {
        if let quick = opening.quick { return try keys.open(quick, id: opening.key) }
        guard let wrap = opening.wrap else { throw CasefileError.keyMissing }
        return try ring.open(wrap, opening.recipient, opening.generation, id: opening.key)
    }

    private func matches(
        _ plain: PlainQuery, _ letter: SearchLetter, _ marks: [(kind: String, plain: String)], _ names: SearchNames
    ) -> Bool {
        if plain.query.kind == .text { return plain.needles.allOccur(in: letter.folded(names.fold)) }
        return marks.contains { $0.kind == plain.mark && plain.names.contains($0.plain) }
    }

    /// Letter and conversation together: each word may stand in another of them.
    private func matchesMessages(
        _ plain: PlainQuery, _ report: Report, _ held: HeldKey, _ letter: SearchLetter, _ names: SearchNames,
        _ ring: inout SearchRing
    ) -> Bool {
        guard plain.query.kind == .text, !report.messages.isEmpty else { return false }
        var all = letter.folded(names.fold)
        var known = held
        for message in report.messages {
            if known.id != message.key, let opening = report.opening(of: message.key),
                let keys = try? ring.keys(of: opening.recipient, opening.generation),
                let other = try? key(opening, keys, &ring)
            {
                known = other
            }
            guard known.id == message.key,
                let bytes = try? Envelope.open(
                    message.envelope, under: known.secret,
                    binding: .text(report.id, message.field, message.sequence))
            else { continue }
            names.fold.append(bytes, in: bytes.indices, to: &all)
            all.append(0)
        }
        return plain.needles.allOccur(in: all)
    }
}

/// Folded words to look for, with the table that tells how far to go on where they do not stand (Horspool).
struct Needle: Sendable {
    private let bytes: [UInt8]
    private let shift: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var shift = [Int](repeating: max(1, bytes.count), count: 256)
        for (place, byte) in bytes.enumerated().dropLast() { shift[Int(byte)] = bytes.count &- 1 &- place }
        self.shift = shift
    }

    /// Whether it occurs; UTF-8 makes a byte match a character match.
    func occurs(in text: [UInt8]) -> Bool {
        guard let last = bytes.last else { return true }
        var end = bytes.count &- 1
        while end < text.count {
            let byte = text[end]
            if byte == last {
                var back = 1
                while back < bytes.count, text[end &- back] == bytes[bytes.count &- 1 &- back] { back &+= 1 }
                if back == bytes.count { return true }
            }
            end &+= shift[Int(byte)]
        }
        return false
    }
}

extension [Needle] {
    /// Whether each of these occurs in a text.
    func allOccur(in text: [UInt8]) -> Bool { allSatisfy { $0.occurs(in: text) } }
}
