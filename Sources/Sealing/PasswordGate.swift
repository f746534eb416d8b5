import Dispatch
import Synchronization

/// The one place where passwords are worked on: at most two at once, on threads of their own, the rest in line, so that
/// neither memory nor the event loops suffer, and past the end of the line ``SealingError/busy``.
package final class PasswordGate: Sendable {
    private struct Line {
        var running = 0
        var waiting: [Job] = []
        var next: UInt64 = 0
    }

    private struct Job: Sendable {
        let number: UInt64
        let work: @Sendable () -> Void
        let giveUp: @Sendable (any Error) -> Void
    }

    private enum Admission {
        case runs
        case waits
        case refused(any Error)
    }

    private let line = Mutex(Line())
    private let threads = DispatchQueue(label: "mingjian.passwords", attributes: .concurrent)
    private let atOnce: Int
    private let places: Int
    private let breached: BreachedList?

    /// `atOnce` run together, `waiting` more may stand in line. `breached`: passwords that nobody may choose.
    package init(atOnce: Int = 2, waiting: Int = 64, breached: BreachedList? = nil) {
        self.breached = breached
        self.atOnce = max(1, atOnce)
        places = max(0, waiting)
    }

    /// Seals a secret under a password (NFC). The policy is not asked here: ``PasswordPolicy/check(_:)`` is for the
    /// moment of choosing. An empty password is ``SealingError/weakPassword(_:)``.
    package func seal(secret: [UInt8], password: String, cost: PasswordCost = .standard) async throws -> [UInt8] {
        try await pass { try PasswordSealed.seal(secret: secret, password: password, cost: cost) }
    }

    /// Throws ``SealingError/weakPassword(_:)`` for a password that may not be chosen: what ``PasswordPolicy`` refuses,
    /// and what the operator's list holds. A list that cannot be read is an error: nothing is chosen then.
    package func check(_ password: String, least: Int, context: [String] = []) async throws {
        try PasswordPolicy.check(password, least: least, context: context)
        guard let breached, try await pass({ try breached.contains(password) }) else { return }
        throw SealingError.weakPassword(.breached)
    }

    /// Opens it again. Another password, or altered bytes: ``SealingError/wrongKey``. Stored costs that are absurd:
    /// ``SealingError/unacceptableCost``, before any work. A cancelled wait leaves the line with `CancellationError`.
    package func open(_ sealed: [UInt8], password: String) async throws -> [UInt8] {
        try await pass { try PasswordSealed.open(sealed, password: password) }
    }

    /// How many are worked on or stand in line at this moment, for the metrics.
    package var occupancy: Int { line.withLock { $0.running &+ $0.waiting.count } }

    func pass<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let number = line.withLock { line in
            line.next &+= 1
            return line.next
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(
                    Job(
                        number: number, work: { continuation.resume(with: Result(catching: work)) },
                        giveUp: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            leave(number)
        }
    }

    /// Starts the job, puts it in line, or turns it away.
    private func enter(_ job: Job) {
        let admission = line.withLock { line -> Admission in
            if Task.isCancelled { return .refused(CancellationError()) }
            if line.running < atOnce {
                line.running &+= 1
                return .runs
            }
            guard line.waiting.count < places else { return .refused(SealingError.busy) }
            line.waiting.append(job)
            return .waits
        }
        switch admission {
        case .runs: run(job)
        case .waits: break
        case .refused(let error): job.giveUp(error)
        }
    }

    private func run(_ job: Job) {
        threads.async { [self] in
            job.work()
            let next = line.withLock { line -> Job? in
                guard !line.waiting.isEmpty else {
                    line.running &-= 1
                    return nil
                }
                return line.waiting.removeFirst()
            }
            if let next { run(next) }
        }
    }

    /// Takes a cancelled job out of the line; one that runs already runs to its end.
    private func leave(_ number: UInt64) {
        let job = line.withLock { line -> Job? in
            guard let place = line.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return line.waiting.remove(at: place)
        }
        job?.giveUp(CancellationError())
    }
}
