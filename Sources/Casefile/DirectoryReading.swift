package import Casework
import Database
import Kernel

extension Casefile {
    /// The people who have not yet replaced the one-time password they were given: whoever handed it out still knows
    /// what opens their key.
    package func peopleWithOneTimePassword() async throws -> Set<StaffID> {
        try await database.read { tx in
            Set(try tx.rows("SELECT id FROM staff WHERE must_change = 1").map { try $0.get("id", as: StaffID.self) })
        }
    }
}
