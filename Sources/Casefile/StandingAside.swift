import Casework
import Kernel
import Sealing

/// Whoever sees anything of a report may stand aside from it, by whatever role (规则 48条; I-7): custodians, the desk that
/// sent it down, offices that look on, whoever is asked to agree.
extension ActChange {
    /// The key of the papers. Whoever stands aside without having read them says why to those beside whom they sat: among
    /// custodians under the identity's key, else under one made for it.
    mutating func papersKey() throws -> HeldKey {
        guard rule.effect == "recuse", !open.reach.papers else { return try caseKeyMakingOne() }
        if open.letterKey == nil, let key = open.identityKey { return key }
        return try sharedKey()
    }

    /// Of the offices of whoever stands aside, those in which somebody is left who reads the report; where there is none,
    /// the desks between which it lies.
    func beside(_ offices: [OfficeID]) -> [OfficeID] {
        let world = open.picture.world
        let told = offices.filter { office in
            world.members(of: office).contains { place in
                Reach.grounds(of: place.staff, on: after.standing, world: world, workflow: open.workflow)
                    .contains { $0.opens.letter && ($0.place == nil || $0.place?.office == office) }
            }
        }
        return told.isEmpty ? bothSides : told
    }

    /// Who of an office may have a key: at a desk that the report passed, those for whom it was there; of an office that
    /// looks on, its director.
    func audience(of office: OfficeID) -> Audience {
        let standing = after.standing
        if standing.watchers[office] != nil { return .director }
        return (standing.custodies.last { $0.intakeOffice == office } ?? standing.custody)?.audience ?? .letters
    }

    /// Nothing is written where somebody's standing aside would leave their part to nobody: the identity, what was sent
    /// down and has to be followed, what a superior was alarmed about, a request.
    func refuseToLeaveNobody(for person: StaffID) throws {
        let (before, now) = (open.stored.standing, after.standing)
        let (world, workflow) = (open.picture.world, open.workflow)
        for ground in Reach.grounds(of: person, on: before, world: world, workflow: workflow) {
            let isLeft: Bool? =
                switch ground.kind {
                case .keeps:
                    ground.place.map { place in
                        world.members(of: place.office).contains {
                            $0.role == .custodian && $0.acts(barred: now.barred) && !now.barred.contains($0.staff)
                        }
                    }
                case .sent:
                    before.custodies.first { $0.index == ground.custody }.map {
                        world.canCarryOn($0.intakeOffice, audience: .director, barred: now.barred)
                    }
                case .watches:
                    ground.place.map { world.canCarryOn($0.office, audience: .director, barred: now.barred) }
                default: true
                }
            if isLeft == false { throw nobodyHome(of: person) }
        }
        let open = Set(workflow.requestsWithoutDecider(on: before, world: world).map(\.sequence))
        for request in workflow.requestsWithoutDecider(on: now, world: world) where !open.contains(request.sequence) {
            let others = workflow.approvers(
                of: request.rule, chosen: request.act.codes, asker: request.act.staff,
                except: request.act.codes["person"].flatMap { StaffID($0) }, on: now, world: world)
            if others.isEmpty { throw nobodyHome(of: person) }
        }
    }

    private func nobodyHome(of person: StaffID) -> CasefileError {
        .nobodyHome(organ: open.picture.world.staff[person]?.organ.description ?? "")
    }
}
