import Casework
import Database
import Kernel

/// Repeats: the same people about the same matter (规则 14, 26条). A person decides; the first report stays as it is.
extension Casefile {
    /// The report of the viewer's own organ that has this number, if the viewer may read it and it is not this one.
    func original(_ number: String?, of id: ReportID, for viewer: Viewer) async throws -> ReportID {
        let number = (number ?? "").filter { !$0.isWhitespace }
        let casefile = self
        let unknown = CasefileError.invalid([FieldFault("original", "unknown")])
        return try await database.read { tx in
            let found: ReportID? = try tx.first(
                "SELECT report_id FROM custody WHERE organ_id = \(viewer.organ) AND number = \(number)"
            ).map { try $0.get("report_id") }
            // Unreadable and unknown are answered alike.
            guard let found, found != id,
                let open = try? OpenReport.load(tx, found, for: viewer, casefile: casefile), open.reach.letter,
                open.stored.repeatOf != id
            else { throw unknown }
            return open.stored.repeatOf ?? found
        }
    }
}

extension ActChange {
    mutating func link() throws {
        guard let original else { throw CasefileError.notNow }
        after.repeatOf = original
        after.standing.isRepeat = true
    }
}
