import Casework
import Kernel
import Synchronization

/// As of when somebody's reports were last looked through for decisions that wait for nobody: once for each world and
/// day, whoever of those who hold the keys is at work when a colleague goes.
final class LookedThrough: Sendable {
    private struct Mark: Equatable {
        var world: Int64
        var day: Day
    }

    private let marks = Mutex<[StaffID: Mark]>([:])

    /// Whether this is the first look since something changed; it counts as one.
    func isDue(for person: StaffID, world: Int64, on day: Day) -> Bool {
        let mark = Mark(world: world, day: day)
        return marks.withLock { marks in
            defer { marks[person] = mark }
            return marks[person] != mark
        }
    }
}
