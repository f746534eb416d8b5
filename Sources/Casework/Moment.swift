/// When a clock moves: an act, or an act out of one stage (`sign@incoming`), or one that brought the report to a stage
/// (`countersign>concluded`). `file`, `reporter-file` and `repeat-evidence` are what a reporter does.
package struct Moment: Sendable, Hashable {
    package let act: String
    /// The stage that the report left; `nil`: any.
    package let from: String?
    /// The stage that the report came to; `nil`: any.
    package let to: String?

    package init(_ token: String) {
        let parts = token.split(separator: ">", maxSplits: 1).map(String.init)
        let names = (parts.first ?? token).split(separator: "@", maxSplits: 1).map(String.init)
        act = names.first ?? token
        from = names.dropFirst().first
        to = parts.dropFirst().first
    }

    /// The doings of a reporter that are no act of the rules.
    static let ofReporters: Set = ["file", "reporter-file", "repeat-evidence"]

    func fits(from left: String, to reached: String) -> Bool {
        (from ?? left) == left && (to ?? reached) == reached
    }
}
