import Casework
import Kernel

/// The rules, a world, and a report that was just filed in it.
struct Story {
    let workflow: Workflow
    let world: World
    static let start = Instant(milliseconds: 1_767_571_200_000)

    /// The reported are barred from the first moment.
    func filed(
        at organ: Organ, _ audience: Audience = .letters, signed: Bool = false, barred: Set<StaffID> = []
    ) -> Standing? {
        guard let desk = world.office(audience == .internal ? .internal : .letters, of: organ.id) else { return nil }
        return Standing(
            stage: "received", sequence: 0,
            custodies: [
                Custody(
                    index: 0, organ: organ.id, intakeOffice: desk.id, office: desk.id, audience: audience, via: nil,
                    since: Self.start, number: nil)
            ],
            handlers: [], barred: barred, proposer: nil, proposal: nil, disposal: nil,
            realName: signed ? "unverified" : "anonymous", hasReporter: signed,
            done: [DoneAct(act: "file", from: "", staff: nil, custody: 0, at: Self.start)])
    }
}
