import Logging
import ServiceLifecycle
import Synchronization

/// What visitors without an account asked for, counted in memory and told once an hour as numbers.
///
/// A line for each request would say to the second when a report came in, whatever its own time field says: a log
/// collector stamps lines as they arrive, and the lines of staff around it are exact. The same holds for counters that
/// are read every few seconds. So the counts are held back until the hour has turned; what is not yet told when the
/// server stops is never told.
package final class HourlyTally: Sendable {
    struct Line: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    /// Of each line so many durations are kept for the timers; more requests are counted alone.
    private static let durations = 2000
    private let lines = Mutex<[Line: (count: Int, nanoseconds: [Int64])]>([:])
    private let instruments: Instruments

    init(_ instruments: Instruments) { self.instruments = instruments }

    func add(_ line: Line, nanoseconds: Int64) {
        lines.withLock { lines in
            var entry = lines[line] ?? (0, [])
            entry.count &+= 1
            if entry.nanoseconds.count < Self.durations { entry.nanoseconds.append(nanoseconds) }
            lines[line] = entry
        }
    }

    /// Writes down what was gathered, one line for each route, method and status, and begins anew.
    func tell(_ logger: Logger) {
        let gathered = lines.withLock { lines in
            let gathered = lines
            lines = [:]
            return gathered
        }
        let order = gathered.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        for (line, entry) in order {
            logger.info(
                "visitors in an hour",
                metadata: [
                    "method": "\(line.method)", "route": "\(line.route)", "status": "\(line.status)",
                    "count": "\(entry.count)",
                ])
            instruments.record(
                route: line.route, method: line.method, status: line.status, nanoseconds: entry.nanoseconds,
                count: entry.count)
        }
    }
}

/// Tells the tally whenever a full hour has passed.
struct HourlyTelling: Service {
    let tally: HourlyTally
    let logger: Logger
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while true {
                let left = 3600 - now() % 3600
                guard (try? await Task.sleep(for: .seconds(left))) != nil else { return }
                tally.tell(logger)
            }
        }
    }
}

/// Whether a request turned out to be that of somebody who is signed in; filled in on the way, read by the log.
package final class Trace: Sendable {
    private let signedIn = Mutex(false)

    /// Called once a session was found. From then on the request may stand in the log with its time.
    package func isSignedIn() { signedIn.withLock { $0 = true } }

    var isStaff: Bool { signedIn.withLock { $0 } }
}
