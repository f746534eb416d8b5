import Casework
import Database
import Kernel

/// What turns out, after the entry, to be a matter of an organ above this whole platform: sealed, handed up on paper, and
/// purged here (规则 15条; I-2). No organ on the way reads it for that.
extension ActChange {
    /// Nobody has it from now on, here or at an organ that it passed. A tombstone is left for whoever acts: the superior
    /// is not on this platform, so nobody but they see it, with the day by which the papers have to be there.
    mutating func handAbove() {
        leavesPlatform = true
        after.standing.stage = Standing.destroyed
        after.standing.handlers = []
        after.standing.team = []
        after.standing.proposer = nil
        after.standing.proposal = nil
        after.standing.disposal = nil
        after.standing.deciding = nil
        after.standing.watchers = [:]
        (after.county, after.category, after.problem, after.marks) = (nil, nil, nil, [])
        after.management = .unknown
    }

    /// In the act's own transaction: keys, texts, files and what was made of them, the numbers on every organ's books, and
    /// who was barred (which says of whom it spoke). What stays is a row without anything in it, and its events.
    func writePurge(_ tx: any Transaction) throws {
        guard leavesPlatform, let viewer else { return }
        try Tombstone(maker: viewer.staff, superior: nil, day: at.day).insert(tx)
        try Casefile.removeSealed(of: report, at: at, tx)
        try tx.run("UPDATE custody SET number = NULL WHERE report_id = \(report)")
        try tx.run("UPDATE report SET repeat_of = NULL, receipt_key = NULL WHERE id = \(report)")
        try tx.run("DELETE FROM bar WHERE report_id = \(report)")
    }
}

extension Casefile {
    /// The act by which a report leaves the platform.
    static let handAbove = "hand-above"
}
