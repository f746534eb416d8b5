import Kernel

/// Some of the answered inquiries are checked on the spot (监督执纪工作规则: 对谈话函询情况适当抽查核实).
extension Standing {
    /// The code of an answer that was drawn to be checked.
    package static let drawn = "drawn"

    private func last(_ acts: Set<String>) -> DoneAct? {
        done.last { acts.contains($0.act) && $0.custody == custody?.index }
    }

    /// What the check of the present answer found, a value of `spot-check-result`; `due` where it was drawn and nobody
    /// checked it yet, else `none`. What was disposed of anew since, or opened again, has to be found out anew.
    var spotCheck: String {
        guard disposal == "inquiry" else { return "none" }
        if isSpotCheck("spot-check-due") { return "due" }
        let since = last(["dispose", "reply", "reconsider", "reopen"])?.sequence ?? 0
        return last(["spot-check"]).flatMap { $0.sequence > since ? $0.codes["result"] : nil } ?? "none"
    }

    /// Whether a claim about the answer to an inquiry holds: that there is one, that it was drawn, that it waits to be
    /// checked, that it was found untrue.
    func isSpotCheck(_ claim: String) -> Bool {
        guard disposal == "inquiry", let answer = last(["reply"]) else { return false }
        let isDrawn = answer.codes[Self.drawn] == "yes"
        return switch claim {
        case "inquiry-answered": true
        case "spot-check-drawn": isDrawn
        case "spot-check-due": isDrawn && (last(["spot-check"])?.sequence ?? 0) < answer.sequence
        default: spotCheck == "doubtful"
        }
    }
}
