/// Which limits an act starts, fulfils, stops and sets going again: looked up once an act instead of once a rule.
struct LimitIndex: Sendable {
    enum Effect: Sendable {
        case ends
        case starts
        /// The place of the pause among those of the limit.
        case pauses(Int)
        case resumes(Int)
    }

    /// What one token of the rules, such as `sign@incoming`, does to one limit.
    struct Trigger: Sendable {
        /// The place of the limit among the workflow's.
        let limit: Int
        let moment: Moment
        let effect: Effect
    }

    private let triggers: [String: [Trigger]]
    private let places: [String: Int]

    /// Acts that take effect only once somebody agrees: the agreement moves the clock, not the request.
    private let requests: Set<String>

    init(_ limits: [LimitRule], requests: Set<String> = []) {
        var triggers: [String: [Trigger]] = [:]
        var places: [String: Int] = [:]
        for (place, rule) in limits.enumerated() {
            places[rule.name] = place
            func add(_ tokens: some Sequence<String>, _ effect: Effect) {
                for token in tokens {
                    let moment = Moment(token)
                    triggers[moment.act, default: []].append(Trigger(limit: place, moment: moment, effect: effect))
                }
            }
            // One act may end a limit and start it anew, or end one pause and begin another: in this order.
            add(rule.ends, .ends)
            for (number, pause) in rule.pauses.enumerated() { add(pause.ends, .resumes(number)) }
            for (number, pause) in rule.pauses.enumerated() { add(pause.starts, .pauses(number)) }
            add(rule.starts, .starts)
        }
        self.triggers = triggers
        self.places = places
        self.requests = requests
    }

    /// What the act that brought the report to a stage does, in order.
    func triggers(of act: DoneAct, to stage: String) -> some Sequence<Trigger> {
        let name = act.act == "decide" && act.codes["agreed"] == "yes" ? act.codes["request-act"] : act.act
        let found = name.flatMap { requests.contains(act.act) ? nil : triggers[$0] } ?? []
        return found.lazy.filter { $0.moment.fits(from: act.from, to: stage) }
    }

    /// The place of the limit of this name.
    func place(of name: String) -> Int? { places[name] }
}
