package import Database

extension Casefile {
    /// Takes back every approval of what was not destroyed yet: in a database that was restored nobody knows what was
    /// refused, held or struck off since the backup, nor how long the days of grace really ran. The lists stay. To be
    /// done in the transaction that lays the rows out. Answers how many approvals these were.
    package static func withdrawApprovals(_ tx: any Transaction) throws -> Int {
        guard try tx.tables().contains(where: { $0.name == "destruction_approval" }) else { return 0 }
        return try tx.changes(
            """
            DELETE FROM destruction_approval WHERE EXISTS (SELECT 1 FROM destruction_entry e
              WHERE e.list_id = destruction_approval.list_id AND e.report_id = destruction_approval.report_id
                AND e.destroyed_at IS NULL)
            """)
    }
}
