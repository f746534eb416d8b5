import Casework
import Kernel
import Sealing

/// At the end of every act keys follow need-to-know (I-1, I-2, I-7), whatever the act was.
extension ActChange {
    mutating func keysFollow() throws {
        settle()
        takeFromBarred()
        takeReasons()
        wrapForTheRest()
        wrapForDeciders()
        takeFromSuperior()
        takeFromConsulted()
        if arrives { tellWhereItGoes() }
        dropLetterWrapsOf.formUnion(organsWithoutReader)
        leaveNothingBehind()
        turnKeys()
    }

    /// What is told with the act that passes a report on is told to where it goes.
    private mutating func tellWhereItGoes() {
        guard let custody = after.standing.custody else { return }
        for new in newKeys where new.kind == "shared" {
            wraps += open.picture.wraps(
                of: new.key, to: custody.intakeOffice, audience: custody.audience, barred: after.standing.barred)
        }
    }

    /// No wrap of this act goes to an organ whose own are taken away.
    private mutating func leaveNothingBehind() {
        let handed = open.keys.filter { ["letter", "shared"].contains($0.key.kind) }.map(\.value.id)
        let ids = Set(newKeys.filter { $0.kind == "shared" }.map(\.key.id) + handed)
        let gone = dropLetterWrapsOf
        let world = open.picture.world
        wraps.removeAll { wrap in
            ids.contains(wrap.keyID) && world.organ(of: wrap.recipient).map(gone.contains) == true
        }
    }

    /// A wrap to a person who is barred goes at once, also of keys that the one who acts does not hold.
    private mutating func takeFromBarred() {
        let recipients = Set(after.standing.barred.map { Recipient.staff($0).description })
        for holder in open.holders where recipients.contains(holder.recipient) {
            dropWraps.append((holder.key, holder.recipient))
        }
    }

    /// Why something was asked is nobody's any more once it is decided, or was overtaken.
    private mutating func takeReasons() {
        let standing = after.standing
        let waiting = Set(open.workflow.pending(on: standing).compactMap { $0.act.codes[Self.whyKey] })
        let over = Set(standing.done.compactMap { $0.codes[Self.whyKey] }).subtracting(waiting)
        for holder in open.holders where over.contains(holder.key.description) {
            dropWraps.append((holder.key, holder.recipient))
        }
    }

    /// Where an office holds a key and one of its members is barred, each of the others gets it instead: by whoever
    /// acts next and holds the key.
    private mutating func wrapForTheRest() {
        let world = open.picture.world
        let offices = Set(after.standing.barred.flatMap { world.places(of: $0).filter(\.admitted).map(\.office) })
        for (stored, key) in open.keys {
            for office in offices {
                let recipient = Recipient.office(office).description
                guard open.holders.contains(.init(key: stored.id, recipient: recipient)),
                    !dropWraps.contains(where: { $0.key == stored.id && $0.recipient == recipient })
                else { continue }
                dropWraps.append((stored.id, recipient))
                wraps += open.picture.wraps(
                    of: key, to: office, audience: audience(of: office), barred: after.standing.barred)
            }
        }
    }

    /// Whoever must agree or decide, and whoever looks on, can read: also when a leader was barred and the superior's
    /// decide now, or a correction took the keys from the whole organ.
    private mutating func wrapForDeciders() {
        let standing = after.standing
        let world = open.picture.world
        var offices = Set(standing.watchers.keys)
        for request in open.workflow.pending(on: standing)
        where !open.workflow.isBlind(request, on: standing, world: world) {
            let asked = open.workflow.asked(by: request, on: standing, world: world).map(\.office)
            offices.formUnion(asked)
            guard let key = open.sharedKey(of: request.act) else { continue }
            for office in asked { wrap(key, to: office) }
        }
        var deciding = offices.filter { world.offices[$0]?.organ == standing.custody?.organ }
        if waitsForLeaders, let leaders = standing.deciding {
            offices.insert(leaders)
            deciding.insert(leaders)
        }
        deciding.subtract(standing.watchers.keys)
        if let asked = standing.consulted(in: world) {
            offices.insert(asked)
            if let key = questionKey { wrap(key, to: asked) }
        }
        for office in offices.sorted(by: { $0.description < $1.description }) {
            if let key = open.letterKey { wrap(key, to: office) }
            if deciding.contains(office) {
                for key in [open.caseKey].compactMap(\.self) + sharedKeys(for: office) { wrap(key, to: office) }
            }
        }
    }

    /// A superior's leaders who decided because nobody was left here keep nothing once it is decided.
    private mutating func takeFromSuperior() {
        let (standing, world) = (after.standing, open.picture.world)
        guard let office = open.stored.standing.deciding, standing.deciding != office,
            world.offices[office]?.organ != standing.custody?.organ, standing.watchers[office] == nil
        else { return }
        let asked = open.workflow.pending(on: standing).flatMap {
            open.workflow.asked(by: $0, on: standing, world: world).map(\.office)
        }
        guard !asked.contains(office) else { return }
        let looksOn = Set(standing.watchers.keys.flatMap { world.members(of: $0).map(\.staff) })
        let people = Set(world.members(of: office).map(\.staff)).subtracting(looksOn)
        let recipients = Set(people.map { Recipient.staff($0).description } + [Recipient.office(office).description])
        dropWraps += open.holders.filter { recipients.contains($0.recipient) }.map { ($0.key, $0.recipient) }
        wraps.removeAll { recipients.contains($0.recipient.description) }
    }

    /// Wraps a key to an office that has none of its own left.
    private mutating func wrap(_ key: HeldKey, to office: OfficeID) {
        let recipient = Recipient.office(office).description
        let held =
            open.holders.contains(.init(key: key.id, recipient: recipient))
            && !dropWraps.contains { $0.key == key.id && $0.recipient == recipient }
        if held || wraps.contains(where: { $0.keyID == key.id && $0.recipient == .office(office) }) { return }
        let isWatcher = after.standing.watchers[office] != nil
        wraps += open.picture.wraps(
            of: key, to: office, audience: isWatcher ? .director : .letters, barred: after.standing.barred)
    }

    /// Organs that hold the letter and whose people may no longer read it: those that the report passed, who looked
    /// on, who were asked.
    var organsWithoutReader: Set<OrganID> {
        let world = open.picture.world
        var organs = Set(after.standing.custodies.map(\.organ))
        for recipient in Set(open.holders.map(\.recipient)) {
            if let organ = Recipient(recipient).flatMap(world.organ(of:)) { organs.insert(organ) }
        }
        for wrap in wraps { if let organ = world.organ(of: wrap.recipient) { organs.insert(organ) } }
        return organs.filter { organ in
            organ != after.standing.custody?.organ
                && !world.staff(of: organ).contains {
                    Reach.of($0.id, on: after.standing, world: world, workflow: open.workflow).letter
                }
        }
    }
}

extension World {
    /// Whose organ holds a wrap; `nil` for the receipt.
    func organ(of recipient: Recipient) -> OrganID? {
        switch recipient {
        case .office(let id): offices[id]?.organ
        case .staff(let id): staff[id]?.organ
        case .receipt: nil
        }
    }
}
