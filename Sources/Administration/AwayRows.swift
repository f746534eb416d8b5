import Casefile
import Casework
import Kernel
import Mustache
import Site

/// One absence in a list.
struct AwayRow: MustacheParent {
    let id: String
    let name: String
    let days: String
    let by: String
    let state: Mark
    let canEnd: Bool

    init(_ record: AbsenceRecord, _ world: World, today: Day, _ texts: Catalogue) {
        id = record.absence.id.description
        name = texts.person(record.absence.staff, world)
        days = texts.days(record.absence.term)
        by = texts.person(record.declaredBy, world)
        canEnd = !record.isOver(on: today)
        state = texts.state(record.absence.term, endedBy: record.endedBy, endedAt: record.endedAt, world, today: today)
    }

    func child(named child: String) -> Any? {
        switch child {
        case "id": id
        case "name": name
        case "days": days
        case "by": by
        case "state": state
        case "canEnd": canEnd
        default: nil
        }
    }
}

/// One post handed over, in a list.
struct HandedRow: MustacheParent {
    let id: String
    let seat: String
    let from: String
    let to: String
    let days: String
    let reason: String
    let state: Mark
    let canEnd: Bool

    init(_ record: DelegationRecord, _ world: World, today: Day, _ texts: Catalogue) {
        let delegation = record.delegation
        id = delegation.id.description
        seat = texts.seat(delegation.post, world)
        from = texts.person(delegation.from, world)
        to = texts.person(delegation.to, world)
        days = texts.days(delegation.term)
        reason = texts.text("administration.reasons." + record.reason.rawValue)
        canEnd = !record.isOver(on: today)
        let place = world.places(of: delegation.to).first {
            $0.basis == .delegation(from: delegation.from) && $0.office == delegation.post.office
                && $0.role == delegation.post.role
        }
        state =
            if canEnd, place?.holdsKey == false {
                Mark(.warn, texts.text("administration.person.waits"))
            } else if canEnd, place == nil {
                // The giver lost the post, or the receiver may not hold it any more.
                Mark(.warn, texts.text("administration.away.void"))
            } else {
                texts.state(delegation.term, endedBy: record.endedBy, endedAt: record.endedAt, world, today: today)
            }
    }

    func child(named name: String) -> Any? {
        switch name {
        case "id": id
        case "seat": seat
        case "from": from
        case "to": to
        case "days": days
        case "reason": reason
        case "state": state
        case "canEnd": canEnd
        default: nil
        }
    }
}

extension Catalogue {
    func person(_ id: StaffID, _ world: World) -> String { world.staff[id].map { name($0) } ?? "—" }

    func seat(_ seat: Seat, _ world: World) -> String {
        world.offices[seat.office].map { place($0, seat.role) } ?? name(seat.role)
    }

    func days(_ term: Term) -> String {
        format("administration.away.days", ["first": term.first.text, "last": term.last.text])
    }

    /// Where something dated stands: to come, now, over, ended by somebody.
    func state(_ term: Term, endedBy: StaffID?, endedAt: Instant?, _ world: World, today: Day) -> Mark {
        if let endedBy, let endedAt {
            return Mark(
                .plain,
                format("administration.away.ended", ["name": person(endedBy, world), "day": endedAt.day.text]))
        }
        if term.last < today { return Mark(.plain, text("administration.away.over")) }
        return term.includes(today)
            ? Mark(.good, text("administration.away.now")) : Mark(.plain, text("administration.away.later"))
    }
}

extension Catalogue {
    /// The faults that the door found in a form of this kind.
    func faults(_ faults: [FieldFault]) -> [FieldError] {
        faults.map { FieldError($0.field, "administration.away.faults." + $0.reason) }
    }
}

extension Form {
    /// The first and last day that a form holds; what is wrong with them is added to the faults.
    func term(_ faults: inout [FieldFault]) -> Term? {
        var days: [Day] = []
        for name in ["first", "last"] {
            guard let text = filled(name) else {
                faults.append(FieldFault(name, "required"))
                continue
            }
            guard let day = Day(text) else {
                faults.append(FieldFault(name, "date"))
                continue
            }
            days.append(day)
        }
        return days.count == 2 ? Term(first: days[0], last: days[1]) : nil
    }

    /// As ``term(_:)``, for a form that holds little else.
    func term() throws -> Term {
        var faults: [FieldFault] = []
        guard let term = term(&faults) else { throw CasefileError.invalid(faults) }
        return term
    }
}
