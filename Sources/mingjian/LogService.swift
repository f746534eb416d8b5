import Casefile
import Foundation
import Kernel
import Logging
import ServiceLifecycle

/// Keeps the transparency log going while the server runs: leaves get their places every second, a head is published at its
/// times. What is wrong with the log is told, stops it, and stops nothing else.
struct LogService: Service {
    let casefile: Casefile
    /// How often a head is published, in seconds.
    let interval: Int64
    /// Whether no other process serves this installation.
    let isAlone: Bool
    let logger: Logger

    /// From so many seconds on heads are published also where nothing happened: so that their times tell nothing.
    private static let steadyFrom: Int64 = 60

    func run() async throws {
        let book = Logbook(casefile, policy: .init(isSteady: interval >= Self.steadyFrom, isAlone: isAlone))
        await cancelWhenGracefulShutdown {
            var due = casefile.clock.now()
            var latest = (try? await casefile.lastLogHour()) ?? due
            while !Task.isCancelled {
                let now = casefile.clock.now()
                await watchClock(now, &latest)
                // A clock that was set back does not keep a head from being published.
                let isDue = now >= due || due > now.adding(seconds: interval)
                await turn(book, publishes: isDue)
                if isDue { due = now.adding(seconds: interval) }
                try? await Task.sleep(for: .seconds(1))
            }
        }
        // What came last is published, so that nothing has to be written again at the next start.
        await turn(book, publishes: true)
        try? await book.resign()
    }

    private func turn(_ book: Logbook, publishes: Bool) async {
        do {
            if publishes {
                try await book.publish()
            } else {
                try await book.integrate()
            }
            if let count = book.takeRepaired() {
                logger.warning("log repaired", metadata: ["entries": "\(count)"])
            }
            try await casefile.endLogAlarms(about: "log")
        } catch is CancellationError {
        } catch {
            await raise("log", LogTrouble(error), "\(error)")
        }
    }

    /// The words of a fault as a code, which a line of the server's log may carry.
    private static func code(_ text: String) -> String {
        String(text.prefix(110).map { $0 == " " ? "-" : $0 })
    }

    /// A clock that goes back makes limits and times wrong, and nothing of what was entered: it is told, and the log goes on.
    private func watchClock(_ now: Instant, _ latest: inout Instant) async {
        if now.adding(seconds: Self.clockSlack) < latest {
            await raise("clock", LogTrouble(.clock), "the clock of this machine went back")
        } else {
            latest = max(latest, now)
            try? await casefile.endLogAlarms(about: "clock")
        }
    }

    /// What time services correct without a word, in seconds.
    private static let clockSlack: Int64 = 5

    /// Told once for as long as it lasts.
    private func raise(_ about: String, _ trouble: LogTrouble, _ text: String) async {
        let isNew = (try? await casefile.raiseLogAlarm(about: about, trouble)) ?? true
        if isNew { logger.critical("log alarm", metadata: ["about": "\(about)", "code": "\(Self.code(text))"]) }
    }
}
