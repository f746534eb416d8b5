import Kernel

/// What one person may see of one report. `none` means: for this person it does not exist.
package struct Reach: Sendable, Equatable {
    /// What the reporter sent, the conversation, the replies.
    package var letter: Bool
    /// The internal papers of the organ that holds the report now.
    package var papers: Bool
    /// Stage, holder, dates and limits.
    package var outline: Bool
    /// The reporter's identity may be opened by this person (with a reason, on the record).
    package var custody: Bool

    /// The reach of whoever holds the receipt: what was sent and answered, nothing of the office.
    package static let receipt = Reach(letter: true, papers: false, outline: false, custody: false)
    package static let none = Reach(letter: false, papers: false, outline: false, custody: false)
    package var isNone: Bool { self == .none }

    /// Need-to-know (architecture: the director and the allocated handlers of the office that holds it, and those who
    /// must decide on it, not every member), with the prohibitions I-1 to I-3 and I-7.
    package static func of(_ person: StaffID, on standing: Standing, world: World, workflow: Workflow) -> Reach {
        grounds(of: person, on: standing, world: world, workflow: workflow).reduce(into: .none) { reach, ground in
            reach.add(ground.opens)
        }
    }

    /// Why a person may see what they may see; none where for them the report does not exist.
    package static func grounds(
        of person: StaffID, on standing: Standing, world: World, workflow: Workflow
    ) -> [Ground] {
        guard !standing.barred.contains(person), !standing.isDestroyed, let custody = standing.custody,
            world.staff[person]?.active == true
        else { return [] }
        var grounds: [Ground] = []
        func add(_ kind: Ground.Kind, _ place: Membership? = nil, opens: Reach = .full, at hop: Int? = nil) {
            grounds.append(Ground(kind: kind, place: place, custody: hop ?? custody.index, opens: opens))
        }
        let places = world.places(of: person, on: standing)
        let phase = workflow.stages[standing.stage]?.phase ?? .end
        let atIntake = custody.office == custody.intakeOffice
        for place in places {
            guard let office = world.offices[place.office] else { continue }
            if office.organ == standing.identityOrgan, office.kind == .custody, place.role == .custodian,
                standing.hasReporter
            {
                // Once the report has gone on, its way is no longer this custodian's to see.
                let opens = Reach(
                    letter: false, papers: false, outline: office.organ == custody.organ, custody: true)
                add(.keeps, place, opens: opens, at: standing.identityAt)
            }
            if place.office == custody.intakeOffice {
                let desk: Set<Role> = custody.audience == .director ? [.director] : [.director, .registrar, .triage]
                let stillThere = atIntake && phase != .end
                if desk.contains(place.role) {
                    if place.role == .director {
                        add(.desk, place)
                    } else if stillThere {
                        add(.registers, place)
                    } else if standing.participants(of: custody.index).contains(person) {
                        add(.took, place)
                    }
                }
                // The notice to the reporter is the letters office's, also after the report has gone on.
                if desk.contains(place.role), standing.holds("notice-due"),
                    let notice = workflow.acts["notify"], workflow.step(of: notice, on: standing, world: world) != nil
                {
                    add(.notice, place)
                }
            }
            if place.office == custody.office, standing.handlers.contains(person) { add(.handles, place) }
            if !atIntake, place.office == custody.office, place.role == .director { add(.holds, place) }
            if office.kind == .leaders, place.role == .deputy || place.role == .principal {
                // Where no leader is left here (leave, recusal), the superior's decide.
                let decides =
                    phase == .decision && standing.proposer != person
                    && standing.offices(.leaders, in: world).contains(place.office)
                if decides {
                    add(.decides, place)
                } else if office.organ == custody.organ,
                    standing.participants(of: custody.index).contains(person)
                {
                    add(.took, place)
                }
            }
            if standing.watchers[place.office] != nil, place.role == .director {
                add(.watches, place, opens: .receivedAndWay)
            }
            if place.role == .director, standing.consulted(in: world) == place.office {
                add(.consulted, place, opens: .receivedAndWay)
            }
        }
        for request in workflow.requests(for: person, on: standing, world: world) {
            let isOwn = world.staff[person]?.organ == custody.organ
            if workflow.isBlind(request, on: standing, world: world) {
                add(.blind, opens: Reach(letter: false, papers: false, outline: true, custody: false))
                continue
            }
            // Those of the organ itself decide on its papers.
            add(.asked, opens: isOwn && request.act.custody == custody.index ? .full : .receivedAndWay)
        }
        if standing.team.contains(person), world.staff[person]?.organ == custody.organ, phase == .handling {
            add(.team)
        }
        if !grounds.contains(where: \.opens.papers), let hop = handedDown(by: person, places, standing, world) {
            add(.sent, opens: .receivedAndWay, at: hop)
        }
        return grounds
    }

    private static let full = Reach(letter: true, papers: true, outline: true, custody: false)
    private static let receivedAndWay = Reach(letter: true, papers: false, outline: true, custody: false)

    private mutating func add(_ other: Reach) {
        letter = letter || other.letter
        papers = papers || other.papers
        outline = outline || other.outline
        custody = custody || other.custody
    }

    /// Who forwarded or assigned keeps the letter and sees stage, holder, dates and limits, as long as the report stays
    /// below. Sending up drops all; so does a report that goes past the sender from below (it may be about the sender).
    /// Answers the hop at which this person sent it.
    private static func handedDown(
        by person: StaffID, _ places: [Membership], _ standing: Standing, _ world: World
    ) -> Int? {
        for (earlier, later) in zip(standing.custodies, standing.custodies.dropFirst())
        where later.via == "forward" || later.via == "assign" {
            let since = standing.custodies.drop { $0.index <= earlier.index }
            guard since.allSatisfy({ world.lies($0.organ, within: earlier.organ) }) else { continue }
            let atDesk = places.contains { place in
                place.office == earlier.intakeOffice
                    && (place.role == .director || standing.participants(of: earlier.index).contains(person))
            }
            if atDesk { return earlier.index }
        }
        return nil
    }
}
