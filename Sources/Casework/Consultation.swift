import Kernel

/// A difficult report is studied together with case supervision (会商; 规则 14条): the office reads it for that, and no
/// longer than that.
extension Standing {
    /// The case supervision office that was asked for its view and has not given it yet. The study is over as soon as the
    /// report leaves the stage, or a correction shows that fewer people may read it.
    package func consulted(in world: World) -> OfficeID? {
        guard stage == "consulting", isOpenToStudy(in: world), let index = custody?.index else { return nil }
        let asked = done.last { $0.act == "consult" && $0.custody == index }
        return asked?.codes["consulted"].flatMap { OfficeID($0) }
    }

    /// The case supervision office that may be asked now: of the same organ, with a director there other than whoever
    /// asks. `nil` where the desk studies the report by itself: the organ has no such office or nobody in it, the report
    /// is the letters office's director's alone, or internal supervision's (I-1 to I-3, I-7).
    package func mayConsult(asker: StaffID?, in world: World) -> OfficeID? {
        guard isOpenToStudy(in: world), let custody else { return nil }
        let out = asker.map { barred.union([$0]) } ?? barred
        return world.offices(of: custody.organ).first { office in
            office.kind == .caseSupervision && world.canCarryOn(office.id, audience: .director, barred: out)
        }?.id
    }

    private func isOpenToStudy(in world: World) -> Bool {
        guard let custody, custody.audience == .letters, custody.office == custody.intakeOffice else { return false }
        return world.offices[custody.intakeOffice]?.kind == .letters
    }
}
