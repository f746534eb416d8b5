import Casework
import Kernel
import Yams

/// One fictional report and how far it went.
struct DemoReport: Decodable, Sendable {
    struct Party: Decodable, Sendable {
        var kind: String
        var name: String?
        var unit: String?
        var position: String?
        var management: String
        var principal: Bool?
        var result: String?
        var handling: String?
    }
    struct Person: Decodable, Sendable {
        var kind: String
        var name: String
        var phone: String?
        var address: String?
        var safeContact: String?
    }
    struct Opinions: Decodable, Sendable {
        var classify: String?
        var propose: String?
        var dispose: String?
        var result: String?
        var feedback: String?
    }
    struct Message: Decodable, Sendable {
        var from: String
        var text: String
    }
    struct Stars: Decodable, Sendable {
        var score: Int
        var settled: Bool
        var comment: String?
    }

    var id: Int
    var channel: String
    var organ: String?
    var place: String?
    var title: String
    var content: String
    var demand: String?
    var happened: String?
    var `where`: String?
    var daysAgo: Int
    var reported: [Party]
    var reporter: Person?
    var category: String
    var problem: String?
    /// The number here of the report that this one repeats.
    var repeatOf: Int?
    var path: String
    var to: String?
    var disposal: String?
    var opinions: Opinions?
    var messages: [Message]?
    var rating: Stars?

    static func list(_ text: String) throws -> [DemoReport] { try YAMLDecoder().decode([DemoReport].self, from: text) }

    var letter: Letter {
        Letter(
            title: title, content: content, demand: demand, place: place.flatMap { RegionCode($0) },
            reported: reported.map { party in
                ReportedParty(
                    kind: ReportedParty.Kind(rawValue: party.kind) ?? .person, name: party.name ?? "",
                    unit: party.unit ?? "", position: party.position ?? "",
                    management: ManagementLevel(rawValue: party.management) ?? .unknown,
                    principal: party.principal ?? false)
            }, happened: happened ?? "", location: `where` ?? "")
    }

    var person: Reporter? {
        reporter.map {
            Reporter(
                kind: Reporter.Kind(rawValue: $0.kind) ?? .named, name: $0.name, phone: $0.phone ?? "",
                address: $0.address ?? "", safeContact: $0.safeContact ?? "")
        }
    }

    /// How the letters office proposes to deal with it; nothing where it is handled by the organ itself.
    var way: String? {
        [
            "forwarded": "forward", "incoming": "forward", "assigned": "assign", "kept": "keep", "declined": "decline",
            "handed-out": "hand-out",
        ][path]
    }

    /// How many days pass before an act.
    static func daysBefore(_ act: String) -> Int {
        switch act {
        case "register", "classify", "propose", "approve", "refer", "forward", "assign": 1
        case "sign", "allocate", "keep", "decline": 1
        case "dispose": 12
        case "conclude": 38
        case "feedback": 6
        case "object": 5
        case "archive": 20
        default: 0
        }
    }

    /// The acts that lead from registration to where the report stands.
    var acts: [String] {
        if let way {
            // A repeat is linked to the first report: only so is it kept on file without a second look.
            let links = way == "keep" && repeatOf != nil ? ["link"] : []
            return ["register"] + links + ["classify", "propose", "approve", way]
        }
        let signed = ["register", "classify", "propose", "approve", "refer", "sign"]
        let disposed = signed + ["allocate", "dispose", "approve"]
        switch path {
        case "consulting": return ["register", "consult"]
        case "return-proposed": return signed + ["return"]
        case "shelved", "inquiring": return disposed
        case "transfer-proposed": return disposed + ["pass-to-investigation"]
        case "report-signing", "outcome-proposed", "reminding", "passing-on", "case-filing":
            return disposed + ["conclude"]
        default: break
        }
        let line: [(String, String)] = [
            ("registered", "register"), ("judged", "classify"), ("proposed", "propose"), ("approved", "approve"),
            ("referred", "refer"), ("signed", "sign"), ("allocated", "allocate"), ("disposal-proposed", "dispose"),
            ("handling", "approve"), ("concluded", "conclude"), ("answered", "feedback"), ("objected", "object"),
            ("archived", "archive"),
        ]
        guard let end = line.firstIndex(where: { $0.0 == path }) else { return [] }
        return line[...end].map(\.1).filter { path == "objected" || $0 != "object" }
    }
}
