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
    /// The hour in which somebody's looks at lists were written down last.
    private let hours = Mutex<[StaffID: Instant]>([:])

    /// Whether nothing was written down yet of somebody's looks in this hour; from now on it counts as written.
    func isFirst(of person: StaffID, in hour: Instant) -> Bool {
        hours.withLock { hours in
            defer { hours[person] = hour }
            return hours[person] != hour
        }
    }

    /// It could not be written down.
    func forget(_ person: StaffID, in hour: Instant) {
        hours.withLock { hours in if hours[person] == hour { hours[person] = nil } }
    }

    /// Whether this is the first look since something changed; it counts as one.
    func isDue(for person: StaffID, world: Int64, on day: Day) -> Bool {
        let mark = Mark(world: world, day: day)
        return marks.withLock { marks in
            defer { marks[person] = mark }
            return marks[person] != mark
        }
    }
}
