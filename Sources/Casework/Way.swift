package import Kernel

/// A desk on a report's way: who held it, how it came there, since when, and whether it was signed for (规则第16条).
package struct Hop: Sendable, Hashable {
    /// The custody that it belongs to: one organ's time with the report.
    package var custody: Int
    package var organ: OrganID
    package var office: OfficeID
    /// The act that brought it: `file` for the first desk, `return` also from a handling office to its own letters office.
    package var via: String
    package var since: Instant
    /// Whether what comes this way has to be signed for.
    package var isToSign: Bool
    package var signed: Instant?
    /// Handed to another agency, outside of the organs here: `organ` and `office` are the desk that awaits its feedback.
    package var isOutside = false
}

extension Standing {
    /// The report's whole way, from desk to desk, oldest first: between organs, and inside each of them.
    package var way: [Hop] {
        custodies.flatMap { custody -> [Hop] in
            var hops = [
                Hop(
                    custody: custody.index, organ: custody.organ, office: custody.intakeOffice,
                    via: custody.via ?? "file", since: custody.since, isToSign: custody.via != nil, signed: nil)
            ]
            var proposed: OfficeID?
            for act in done where act.custody == custody.index {
                switch (act.act, act.from) {
                case ("propose", _), ("pass-to-investigation", _):
                    proposed = act.codes["office"].flatMap { OfficeID($0) }
                case ("sign", _):
                    if let last = hops.indices.last { hops[last].signed = act.at }
                case ("refer", _), ("approve", "transfer-proposed"):
                    guard let proposed else { continue }
                    hops.append(hops[0].to(proposed, act.act == "refer" ? "refer" : "pass-to-investigation", act.at))
                case ("hand-out", _):
                    // What the agency accepts, it has signed for (信访工作条例第23条).
                    var outside = hops[0].to(custody.intakeOffice, "hand-out", act.at)
                    outside.isOutside = true
                    hops.append(outside)
                case ("outside-accepted", _):
                    if let last = hops.indices.last, hops[last].isOutside { hops[last].signed = act.at }
                case ("outside-result", _) where hops.last?.isOutside == true:
                    // Whoever answers has it, whether they said so or not.
                    if let last = hops.indices.last { hops[last].signed = hops[last].signed ?? act.at }
                    hops.append(hops[0].to(custody.intakeOffice, "outside-result", act.at, isToSign: false))
                case ("approve", "return-proposed") where hops.last?.office != custody.intakeOffice:
                    hops.append(hops[0].to(custody.intakeOffice, "return", act.at, isToSign: false))
                default: break
                }
            }
            return hops
        }
    }
}

extension Hop {
    fileprivate func to(_ office: OfficeID, _ via: String, _ at: Instant, isToSign: Bool = true) -> Hop {
        Hop(
            custody: custody, organ: organ, office: office, via: via, since: at, isToSign: isToSign, signed: nil)
    }
}
