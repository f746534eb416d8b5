import Casefile
import Casework
import Kernel

/// The pages of the wizard, in their order; one question each.
enum Step: String, CaseIterable {
    case rank, party, what, when
    case place = "where"
    case demand, files, you

    var path: String { "/report/\(rawValue)" }
    var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
    var next: String { Self.allCases.dropFirst(number).first?.path ?? "/report/check" }
    var previous: String { Self.allCases.prefix(number - 1).last?.path ?? "/report" }
}

/// An answer sheet that is still being filled in. Everything in it is sealed; nothing of it is a report.
struct Draft: Codable, Sendable {
    /// What the reporter says of who they are; `nil` before the question.
    enum Identity: String, Codable, CaseIterable { case anonymous, named, joint, organisation }

    /// The organ whose poster was scanned.
    var organ: String?
    var place: RegionCode?
    /// The highest level of whoever is reported, asked before anything else.
    var rank: ManagementLevel
    var parties: [ReportedParty] = []
    /// Answers that do not make a party yet, by their place on the list; `nil` in drafts from before there were any.
    var halves: [Int: PartyAnswers]?
    var title = ""
    var content = ""
    var happened = ""
    var location = ""
    var demand = ""
    var files: [StagedFile] = []
    var identity: Identity?
    /// Empty while anonymous.
    var reporter = Reporter(name: "")

    init(organ: String?, place: RegionCode?, rank: ManagementLevel) {
        self.organ = organ
        self.place = place
        self.rank = rank
    }

    var letter: Letter {
        Letter(
            title: title, content: content, demand: demand.isEmpty ? nil : demand, place: place, reported: parties,
            happened: happened, location: location)
    }

    var filing: Filing {
        var sender: Reporter?
        if let identity, let kind = Reporter.Kind(rawValue: identity.rawValue) {
            sender = reporter
            sender?.kind = kind
        }
        return Filing(organ: organ, letter: letter, reporter: sender, files: files)
    }

    /// Whether somebody of the level named first is on the list: otherwise the one or the other is a slip, and the
    /// report would go to an organ that may not have it.
    var isRankOnList: Bool { rank == .unknown || parties.contains { $0.management == rank } }

    /// Puts a party at a place of the list, the end included; a higher level than was named first counts.
    mutating func put(_ party: ReportedParty, at index: Int) {
        if parties.indices.contains(index) { parties[index] = party } else { parties.append(party) }
        halves?[index] = nil
        if let rank = party.management.rank, rank < self.rank.rank ?? 9 { self.rank = party.management }
    }

    /// A name that no other file of the draft has: `photo.jpg`, `photo (2).jpg`, …
    func freeName(_ name: String) -> String { freeFileName(name, besides: Set(files.map(\.name))) }
}

/// The name, or the name with the next free number before its ending. A number and not a time: the name of a file would
/// otherwise tell to the minute when it came.
func freeFileName(_ name: String, besides taken: Set<String>) -> String {
    guard taken.contains(name) else { return name }
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    for number in 2...(taken.count + 2) {
        let candidate = "\(name[..<dot]) (\(number))\(name[dot...])"
        if !taken.contains(candidate) { return candidate }
    }
    return name
}
