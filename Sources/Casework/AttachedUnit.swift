import Kernel

/// What a dispatched team was sent to watch: its unit and what stands under it, by name (domain.md §2).
struct AttachedUnit {
    private let names: [String]

    /// A shorter name is said in many places (「民政局」): it counts at the beginning of the words alone.
    private static let distinct = 5

    init(_ team: Organ) {
        names = (team.attachedUnit ?? "").split { $0 == ";" || $0 == "；" || $0.isNewline }
            .map { PlainName.normalised(String($0)) }.filter { $0.count >= 2 }
    }

    /// Whether what was written of a party names the unit.
    func covers(_ party: ReportedParty) -> Bool {
        let fields = party.kind == .unit ? [party.name, party.unit] : [party.unit, party.position, party.name]
        return fields.contains { field in
            let plain = PlainName.normalised(field)
            return names.contains { $0.count >= Self.distinct ? plain.contains($0) : plain.hasPrefix($0) }
        }
    }
}
