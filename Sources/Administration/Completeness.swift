import Casework
import Kernel

/// What an organ lacks before reports can go their whole way through it.
enum OrganGap: String, Sendable, CaseIterable {
    case noLetters = "no-letters"
    /// Nobody who holds the letters office's key: nothing can be received.
    case lettersClosed = "letters-closed"
    /// Reports whose level nobody knows go to the director alone.
    case noDirector = "no-director"
    /// Fewer than two custodians who are let in.
    case custodians
    case principal, deputy
    /// No supervision or investigation office that could be given a report.
    case noHandling = "no-handling"
    /// The place does not lie in the superior's.
    case region
}

/// How complete an organ is; only active people who were let in count.
struct Completeness: Sendable {
    let custodians: Int
    let gaps: [OrganGap]

    init(of organ: Organ, in world: World) {
        let offices = world.offices(of: organ.id)
        func admitted(_ kind: OfficeKind) -> [Membership] {
            offices.filter { $0.kind == kind }.flatMap { world.members(of: $0.id) }
                .filter { $0.isRegular && $0.admitted }
        }
        let letters = admitted(.letters)
        let leaders = admitted(.leaders)
        custodians = Set(admitted(.custody).map(\.staff)).count
        var gaps: [OrganGap] = []
        if !offices.contains(where: { $0.kind == .letters }) {
            gaps.append(.noLetters)
        } else if letters.isEmpty {
            gaps.append(.lettersClosed)
        } else if !letters.contains(where: { $0.role == .director }) {
            gaps.append(.noDirector)
        }
        if custodians < 2 { gaps.append(.custodians) }
        if !leaders.contains(where: { $0.role == .principal }) { gaps.append(.principal) }
        if !leaders.contains(where: { $0.role == .deputy }) { gaps.append(.deputy) }
        if admitted(.inspection).isEmpty, admitted(.investigation).isEmpty { gaps.append(.noHandling) }
        if let parent = world.parent(of: organ), !parent.region.contains(organ.region) { gaps.append(.region) }
        self.gaps = gaps
    }
}

/// Who of an office's people can open what it holds.
struct OfficeStanding: Sendable {
    let members: Int
    let admitted: Int

    init(of office: OfficeID, in world: World) {
        let members = world.members(of: office).filter(\.isRegular)
        self.members = Set(members.map(\.staff)).count
        admitted = Set(members.filter(\.admitted).map(\.staff)).count
    }
}

extension World {
    /// Whether nobody but this person holds the key of the office: once they go, what it holds is closed.
    func isLastHolder(_ person: StaffID, of office: OfficeID) -> Bool {
        guard offices[office]?.kind.holdsReports == true,
            places(of: person).contains(where: { $0.isRegular && $0.office == office && $0.admitted })
        else { return false }
        return !members(of: office).contains { $0.isRegular && $0.admitted && $0.staff != person }
    }
}
