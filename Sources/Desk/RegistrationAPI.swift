import Casefile
import Casework
import Entrance
import HTTPTypes
package import Hummingbird
import Kernel
import Sealing
package import Site

/// What both the API and the registration page hand in.
struct RegistrationInput: Decodable {
    struct Party: Decodable {
        var kind: String?
        var name: String?
        var unit: String?
        var unitCode: String?
        var position: String?
        var management: String?
        var principal: Bool?
    }
    struct Person: Decodable {
        var kind: String?
        var name: String?
        var phone: String?
        var email: String?
        var address: String?
        var residentID: String?
        var safeContact: String?
        var others: String?
    }
    var channel: String?
    var place: String?
    var title: String?
    var content: String?
    var demand: String?
    var happened: String?
    var location: String?
    var dated: String?
    var reported: [Party]?
    var reporter: Person?
    var marks: [String]?
}

extension RegistrationInput {
    /// A filing, or every field at fault at once.
    func filing() throws -> Filing {
        var faults: [FieldError] = []
        let channelText = channel ?? ""
        let channel = Channel(rawValue: channelText)
        if channel == nil { faults.append(FieldError("channel", "entrance.faults.choice")) }
        var region: RegionCode?
        if let text = place?.trimmed, !text.isEmpty {
            region = RegionCode(text)
            if region == nil { faults.append(FieldError("place", "entrance.faults.region")) }
        }
        var parties: [ReportedParty] = []
        for (index, party) in (reported ?? []).enumerated() {
            let management = ManagementLevel(rawValue: party.management ?? "")
            if management == nil {
                faults.append(FieldError("reported.\(index).management", "entrance.faults.choice"))
            }
            let kind = ReportedParty.Kind(rawValue: party.kind ?? "person")
            if kind == nil { faults.append(FieldError("reported.\(index).kind", "entrance.faults.choice")) }
            guard let management, let kind else { continue }
            parties.append(
                ReportedParty(
                    kind: kind, name: (party.name ?? "").trimmed, unit: (party.unit ?? "").trimmed,
                    unitCode: party.unitCode?.trimmed, position: (party.position ?? "").trimmed,
                    management: management, principal: party.principal ?? false))
        }
        if reported == nil { faults.append(FieldError("reported", "entrance.faults.required")) }
        guard faults.isEmpty, let channel else { throw SiteError.invalid(faults) }
        let demandText = (demand ?? "").trimmed
        return Filing(
            organ: nil,
            letter: Letter(
                title: (title ?? "").trimmed, content: content ?? "", demand: demandText.isEmpty ? nil : demandText,
                place: region, reported: parties, happened: (happened ?? "").trimmed,
                location: (location ?? "").trimmed, dated: dated?.trimmed),
            reporter: person, channel: channel, marks: marks ?? [])
    }

    /// Nobody, where nothing is told of whoever reports. Whatever is told needs a name with it, which the door asks for.
    private var person: Reporter? {
        guard let reporter else { return nil }
        let person = Reporter(
            kind: Reporter.Kind(rawValue: reporter.kind ?? "named") ?? .named, name: (reporter.name ?? "").trimmed,
            phone: (reporter.phone ?? "").trimmed, email: (reporter.email ?? "").trimmed,
            address: (reporter.address ?? "").trimmed, residentID: (reporter.residentID ?? "").trimmed,
            safeContact: (reporter.safeContact ?? "").trimmed, others: reporter.others ?? "")
        let told = [
            person.name, person.phone, person.email, person.address, person.residentID, person.safeContact,
            person.others.trimmed,
        ]
        return told.allSatisfy(\.isEmpty) ? nil : person
    }
}

extension DeskAPI {
    private struct Registered: Encodable {
        var id: String
        var number: OrNull<String>
        var receipt, organ: String
    }

    /// `POST /api/v1/reports` with a bearer token: registers what came by letter, visit, telephone or another way.
    package func register(_ request: Request, _ context: SiteContext) async throws -> Response {
        let viewer = try context.viewer
        let input = try await request.json(RegistrationInput.self, limits: .report)
        let filed = try await services.casefile.register(try input.filing(), by: viewer)
        return try Response.json(
            Registered(
                id: filed.id.description, number: OrNull(filed.number), receipt: filed.receipt.grouped,
                organ: filed.organ.code),
            status: .created)
    }
}
