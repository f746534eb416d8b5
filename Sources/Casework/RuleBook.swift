package import Kernel

/// All rules of an installation: the versions of the workflow, and what organs changed for themselves and those below.
/// A report keeps the rules in force on the day it began, unless a change says that it also touches running reports.
package struct RuleBook: Sendable {
    /// Versions by the day they take effect, earliest first; never empty.
    package let versions: [Workflow]

    package init(_ first: Workflow, _ later: Workflow...) {
        versions = ([first] + later).sorted { $0.effectiveFrom < $1.effectiveFrom }
    }

    /// The newest version in force on a day: its names of stages, acts and values serve lists and forms that belong to
    /// no one report.
    package func current(on day: Day) -> Workflow? {
        versions.last { $0.effectiveFrom <= day } ?? versions.first
    }

    /// The rules that a report follows at the organ that holds it.
    package func workflow(of organ: OrganID?, began: Day, today: Day, in world: World) -> Workflow? {
        current(on: began)
    }
}
