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
        guard !standing.barred.contains(person), let custody = standing.custody,
            world.staff[person]?.active == true
        else { return .none }
        var reach = Reach.none
        let places = world.places(of: person, on: standing)
        let phase = workflow.stages[standing.stage]?.phase ?? .end
        let atIntake = custody.office == custody.intakeOffice
        for place in places {
            guard let office = world.offices[place.office] else { continue }
            if office.organ == standing.identityOrgan, office.kind == .custody, place.role == .custodian {
                reach.custody = standing.hasReporter
                // Once the report has gone on, its way is no longer this custodian's to see.
                if office.organ == custody.organ, standing.hasReporter { reach.outline = true }
            }
            if place.office == custody.intakeOffice {
                let desk: Set<Role> = custody.audience == .director ? [.director] : [.director, .registrar, .triage]
                let stillThere = atIntake && phase != .end
                let tookPart = standing.participants(of: custody.index).contains(person)
                if desk.contains(place.role), place.role == .director || stillThere || tookPart {
                    reach.openFully()
                }
                // The notice to the reporter is the letters office's, also after the report has gone on.
                if desk.contains(place.role), standing.holds("notice-due"),
                    let notice = workflow.acts["notify"], workflow.step(of: notice, on: standing, world: world) != nil
                {
                    reach.openFully()
                }
            }
            if place.office == custody.office, standing.handlers.contains(person) { reach.openFully() }
            if !atIntake, place.office == custody.office, place.role == .director { reach.openFully() }
            if office.kind == .leaders, place.role == .deputy || place.role == .principal {
                // Where no leader is left here (leave, recusal), the superior's decide.
                let decides =
                    phase == .decision && standing.proposer != person
                    && standing.offices(.leaders, in: world).contains(place.office)
                let took = office.organ == custody.organ && standing.participants(of: custody.index).contains(person)
                if decides || took { reach.openFully() }
            }
            if standing.watchers[place.office] != nil, place.role == .director {
                reach.letter = true
                reach.outline = true
            }
        }
        for request in workflow.requests(for: person, on: standing, world: world) {
            reach.letter = true
            reach.outline = true
            // Those of the organ itself decide on its papers.
            if world.staff[person]?.organ == custody.organ, request.act.custody == custody.index { reach.openFully() }
        }
        if standing.team.contains(person), world.staff[person]?.organ == custody.organ, phase == .handling {
            reach.openFully()
        }
        if !reach.papers, handedDown(by: person, places, standing, world) {
            reach.letter = true
            reach.outline = true
        }
        return reach
    }

    private mutating func openFully() {
        letter = true
        papers = true
        outline = true
    }

    /// Who forwarded or assigned keeps the letter and sees stage, holder, dates and limits, as long as the report stays
    /// below. Sending up drops all; so does a report that goes past the sender from below (it may be about the sender).
    private static func handedDown(
        by person: StaffID, _ places: [Membership], _ standing: Standing, _ world: World
    ) -> Bool {
        for (earlier, later) in zip(standing.custodies, standing.custodies.dropFirst())
        where later.via == "forward" || later.via == "assign" {
            let since = standing.custodies.drop { $0.index <= earlier.index }
            guard since.allSatisfy({ world.lies($0.organ, within: earlier.organ) }) else { continue }
            let atDesk = places.contains { place in
                place.office == earlier.intakeOffice
                    && (place.role == .director || standing.participants(of: earlier.index).contains(person))
            }
            if atDesk { return true }
        }
        return false
    }
}
