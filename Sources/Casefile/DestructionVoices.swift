import Casework
import Database
import Kernel

/// Whose word an approval is: two places of which one was handed over by the other's holder are one leader's.
extension Picture {
    /// Whose place among the leaders somebody holds now: their own where they have one, else that of whoever handed it
    /// over, or whom they stand in for.
    func principal(of person: StaffID, on stored: StoredReport, _ rules: RetentionRules) -> StaffID {
        guard let organ = stored.standing.custody?.organ, let office = world.office(.leaders, of: organ) else {
            return person
        }
        let members = world.members(of: office.id).filter { rules.approvers.contains($0.role) }
        let places = members.filter { $0.staff == person }
        guard !places.contains(where: \.isRegular), let place = places.first else { return person }
        if case .delegation(let holder) = place.basis { return holder }
        return members.first { $0.isRegular && $0.role == place.role }?.staff ?? person
    }

    /// As ``principal(of:on:_:)`` at the time of an approval: a delegation that was in force then, though it ended since.
    func principal(
        of approver: StaffID, at time: Instant, on stored: StoredReport, _ rules: RetentionRules, _ tx: any Transaction
    ) throws -> StaffID {
        let now = principal(of: approver, on: stored, rules)
        guard now == approver, let organ = stored.standing.custody?.organ,
            let office = world.office(.leaders, of: organ)?.id,
            !world.members(of: office).contains(where: { place in
                place.staff == approver && place.isRegular && rules.approvers.contains(place.role)
            })
        else { return now }
        let holder: StaffID? = try tx.scalar(
            """
            SELECT from_id FROM delegation
            WHERE to_id = \(approver) AND office_id = \(office) AND made_at <= \(time)
              AND first_day <= \(time.day) AND last_day >= \(time.day) AND (ended_at IS NULL OR ended_at > \(time))
            ORDER BY made_at, id LIMIT 1
            """)
        return holder ?? approver
    }
}
