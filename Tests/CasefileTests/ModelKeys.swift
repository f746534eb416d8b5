import Casework
import Kernel

@testable import Casefile

/// Keys against need-to-know: who may read can, who must not cannot.
extension Inspection {
    mutating func keysFollowReach(_ person: Staff, _ reach: Reach, _ custody: Custody) {
        let held = held(by: person.id)
        let papers = moment.keys.keys.contains { $0.kind == "case" && $0.custody == custody.index }
        func all(_ use: OpenReport.Use) -> Bool {
            let turns = moment.keys.keys.filter { $0.use == use }
            return !turns.isEmpty && turns.allSatisfy(held.contains)
        }
        if reach.letter { check(all(.letter), "\(person.username) may read and lacks a key") }
        if reach.papers, papers {
            check(
                all(.init(kind: "case", custody: custody.index)),
                "\(person.username) may read the papers and lacks a key")
        }
        if reach.custody {
            check(all(.identity), "\(person.username) keeps the identity and lacks a key")
        }
        // Why something was asked is for whoever decides on it, and for nobody after that.
        let decides = model.workflow.requests(for: person.id, on: standing, world: world).flatMap { request in
            [request.act.codes]
                + standing.done.filter { $0.codes["request"] == String(request.sequence) && $0.act == "new-deciders" }
                .map(\.codes)
        }
        for key in held where key.kind == "why" {
            check(
                decides.contains { $0["why-key"] == key.id.description },
                "\(person.username) holds why something was asked and does not decide on it")
        }
        if standing.barred.contains(person.id), !waitsForNewWraps {
            // What an organ wrote that the report has left is wrapped anew by whoever acts there next, if ever.
            let bad = held.filter { $0.kind == "letter" || $0.kind == "identity" || $0.custody == custody.index }
            check(bad.isEmpty, "\(person.username) is barred and holds \(bad.map { "\($0.kind) \($0.custody)" })")
        }
        let isClosed =
            closed.contains { world.lies(person.organ, within: $0) }
            || world.places(of: person.id).contains { closedOffices.contains($0.office) }
        if isClosed { check(held.isEmpty, "\(person.username), of those it is about, holds \(held.map(\.kind))") }
        let places = world.places(of: person.id)
        if custody.audience == .director,
            places.allSatisfy({ $0.office == custody.intakeOffice && $0.role != .director }),
            world.offices[custody.intakeOffice]?.kind == .letters
        {
            let here = held.filter { $0.kind == "letter" || $0.custody == custody.index }
            check(here.isEmpty, "\(person.username), beside the director, holds \(here.map(\.kind))")
        }
    }

    /// The keys that this person can open, reach or not.
    func held(by person: StaffID) -> [OpenReport.StoredKey] {
        let mine = model.recipients(of: person)
        return moment.keys.keys.filter { key in
            mine.contains { moment.holders.contains(.init(key: key.id, recipient: $0)) }
        }
    }

    /// Other organs hold a letter key only while somebody there may read, and no organ holds another's papers but who
    /// decides for it, or to whom it had to hand them up. The identity is with the custodians who keep it.
    mutating func keysStayInTheirOrgans(_ custody: Custody) {
        let readers = Set(reaches.filter(\.value.letter).compactMap { world.staff[$0.key]?.organ })
        let keys = Dictionary(moment.keys.keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for holder in moment.holders {
            guard let key = keys[holder.key], let recipient = Recipient(holder.recipient),
                let organ = world.organ(of: recipient), model.opens.contains(holder.recipient)
            else { continue }
            let name = "\(world.organs[organ]?.code ?? "") holds \(key.kind) \(key.custody)"
            switch key.kind {
            case "case":
                let owner = standing.custodies.first { $0.index == key.custody }?.organ
                let next = standing.custodies.first { $0.index == key.custody + 1 }
                let wentUp = next?.organ == organ && next?.via == "send-up"
                check(organ == owner || wentUp || isLeaders(recipient), "\(name), papers of another organ")
            case "identity":
                check(organ == standing.identityOrgan, "\(name), whose custodians no longer keep it")
            // Why something was asked: looked at with each person.
            case "why": break
            default: check(organ == custody.organ || readers.contains(organ), "\(name) and nobody there may read")
            }
        }
    }

    private func isLeaders(_ recipient: Recipient) -> Bool {
        switch recipient {
        case .office(let id): world.offices[id]?.kind == .leaders
        case .staff(let id): world.places(of: id).contains { world.offices[$0.office]?.kind == .leaders }
        case .receipt: false
        }
    }
}
