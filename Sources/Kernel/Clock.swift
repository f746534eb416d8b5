import Foundation
import Synchronization

/// Where the time comes from. It is handed in, so that a test or a trial can stand at any day.
package struct Clock: Sendable {
    /// The present moment.
    package let now: @Sendable () -> Instant

    /// A clock that asks the closure.
    package init(now: @escaping @Sendable () -> Instant) {
        self.now = now
    }

    /// The machine's clock.
    package static let system = Clock {
        Instant(milliseconds: Int64(exactly: (Date().timeIntervalSince1970 * 1000).rounded(.down)) ?? 0)
    }

    /// A clock that stands still.
    package static func fixed(_ instant: Instant) -> Clock {
        Clock { instant }
    }
}

/// A clock that is moved by hand, for tests and trials.
package final class SettableClock: Sendable {
    private let instant: Mutex<Instant>

    /// Starts at the moment.
    package init(_ instant: Instant) {
        self.instant = Mutex(instant)
    }

    /// The clock to hand in; it follows every later move.
    package var clock: Clock {
        Clock { self.instant.withLock { $0 } }
    }

    /// Moves to the moment, also backwards.
    package func set(_ instant: Instant) {
        self.instant.withLock { $0 = instant }
    }

    /// Moves so many days on, at the same time of day.
    package func advance(days: Int) {
        // No clock needs more days than the calendar has, and so few cannot overflow.
        let bounded = Int64(min(max(days, -110_000), 110_000))
        advance(seconds: bounded &* 86_400)
    }

    /// Moves so many seconds on.
    package func advance(seconds: Int64) {
        instant.withLock { $0 = $0.adding(seconds: seconds) }
    }
}
