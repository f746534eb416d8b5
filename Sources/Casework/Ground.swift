package import Kernel

/// One reason why a person may see something of a report. ``Reach`` is what all of a person's grounds open together.
package struct Ground: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Director of the desk at which the report arrived.
        case desk
        /// At the receiving desk, while the report lies there.
        case registers
        /// Acted on the report while this organ had it.
        case took
        /// The letters office owes the reporter a notice.
        case notice
        /// The case was allocated to them.
        case handles
        /// Director of the office that holds the report.
        case holds
        /// Decides on what is proposed.
        case decides
        /// Asked to agree to a request.
        case asked
        /// Asked to agree without sight of letter and papers.
        case blind
        /// Director of an office that looks on.
        case watches
        /// Director of case supervision, asked for a view on a difficult report.
        case consulted
        /// Of the verification team.
        case team
        /// Handed the report down and follows it.
        case sent
        /// Custodian of the reporter's identity.
        case keeps
    }

    package var kind: Kind
    /// The office and role by which it holds; `nil` where it hangs on the person.
    package var place: Membership?
    /// The hop of the report's way on which it rests.
    package var custody: Int
    package var opens: Reach
}

extension Standing {
    /// Since when a ground has held, as far as the report's story tells; the story does not tell when somebody joined
    /// an office.
    package func since(_ ground: Ground, of person: StaffID) -> Instant? {
        let hop = custodies.first { $0.index == ground.custody }?.since
        func last(_ act: String) -> Instant? { done.last { $0.act == act && $0.custody == ground.custody }?.at }
        return switch ground.kind {
        case .desk, .registers, .notice, .keeps: hop
        case .took: done.first { $0.custody == ground.custody && $0.staff == person }?.at ?? hop
        case .handles: last("allocate") ?? hop
        case .holds: last("refer") ?? hop
        case .team: last("form-team") ?? hop
        case .consulted: last("consult") ?? hop
        case .decides:
            done.last { $0.from != stage || ($0.act == Workflow.newDeciders && $0.codes["decider"] != nil) }?.at
        case .asked, .blind: done.last { $0.custody == ground.custody && $0.codes["approver"] != nil }?.at
        case .sent: custodies.first { $0.index > ground.custody }?.since
        case .watches: nil
        }
    }
}
