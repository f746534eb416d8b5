import Casefile
import Casework
import Kernel
import Sealing
import Site

/// A report as `POST /api/v1/reports` takes it; names that are not known are passed over.
struct FilingInput: Decodable {
    struct Party: Decodable {
        var kind: ReportedParty.Kind?
        var name: String?
        var unit: String?
        var unitCode: String?
        var position: String?
        var management: ManagementLevel
        var principal: Bool?
    }

    struct Sender: Decodable {
        var name: String?
        var phone: String?
        var email: String?
        var address: String?
        var safeContact: String?
    }

    var organ: String?
    var place: String?
    var title: String
    var content: String
    var demand: String?
    var reported: [Party]
    var reporter: Sender?

    /// Throws `.invalid` for a place that is no region code; everything else is checked behind the door.
    func filing() throws(SiteError) -> Filing {
        var region: RegionCode?
        if let place {
            guard let code = RegionCode(place) else { throw .invalid([FieldError("place", "entrance.faults.region")]) }
            region = code
        }
        let letter = Letter(
            title: title, content: content, demand: demand, place: region,
            reported: reported.map { party in
                ReportedParty(
                    kind: party.kind ?? .person, name: party.name ?? "", unit: party.unit ?? "",
                    unitCode: party.unitCode, position: party.position ?? "", management: party.management,
                    principal: party.principal ?? false)
            })
        let sender = reporter.map { sender in
            Reporter(
                name: sender.name ?? "", phone: sender.phone ?? "", email: sender.email ?? "",
                address: sender.address ?? "", safeContact: sender.safeContact ?? "")
        }
        return Filing(organ: organ, letter: letter, reporter: sender)
    }
}

struct FiledAnswer: Encodable {
    let receipt: String
    let organ: String
    let filedAt: String

    init(_ filed: Filed) {
        receipt = filed.receipt.grouped
        organ = filed.organ.code
        filedAt = filed.filedAt.rfc3339
    }
}

struct TextInput: Decodable {
    var text: String
}

struct RecusalInput: Decodable {
    var whom: String
    var reason: String
}

struct RatingInput: Decodable {
    var score: Int
    var settled: Bool
    var comment: String?
}

/// What `GET /api/v1/receipt` answers. Absent values are `null`, not left out.
struct ReceiptAnswer: Encodable {
    struct Stage: Encodable {
        let at: String
        let stage: String
    }
    struct Notice: Encodable {
        let at: String
        let kind: String
        let text: String
    }
    struct Message: Encodable {
        let at: String
        let from: String
        let text: String
    }
    struct File: Encodable {
        let name: String
        let size: Int64
    }
    struct Reply: Encodable {
        let at: String
        let text: String
    }
    private enum Key: String, CodingKey {
        case stage, history, notices, messages, files, reply, may, mayAskRecusal, proof
    }

    let view: ReceiptView
    let notices: [Turn]
    /// Where the proof is fetched.
    let proof: String

    init(_ view: ReceiptView, notices: [Turn], proof: String) {
        self.view = view
        self.notices = notices
        self.proof = proof
    }

    func encode(to encoder: any Encoder) throws {
        var answer = encoder.container(keyedBy: Key.self)
        try answer.encode(view.stage, forKey: .stage)
        try answer.encode(view.history.map { Stage(at: $0.at.rfc3339, stage: $0.stage) }, forKey: .history)
        try answer.encode(
            notices.map { Notice(at: $0.at.rfc3339, kind: $0.kind, text: $0.text) }, forKey: .notices)
        let messages = view.conversation.filter { ["message", "objection"].contains($0.kind) }
        try answer.encode(
            messages.map { Message(at: $0.at.rfc3339, from: $0.from, text: $0.text) }, forKey: .messages)
        try answer.encode(view.files.map { File(name: $0.name, size: $0.size) }, forKey: .files)
        let reply = view.conversation.last { $0.kind == "reply" }.map { Reply(at: $0.at.rfc3339, text: $0.text) }
        try answer.encode(reply, forKey: .reply)
        try answer.encode(view.may.map(\.rawValue), forKey: .may)
        try answer.encode(view.mayAskRecusal, forKey: .mayAskRecusal)
        try answer.encode(view.isProven ? proof : nil, forKey: .proof)
    }
}
