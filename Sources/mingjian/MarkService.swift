import Casefile
import Logging
import ServiceLifecycle

/// Puts the marks of letters that were filed where they are found: many at a time while letters keep coming, the rest when
/// none has come for a minute. Until then they are looked through one by one.
struct MarkService: Service {
    let casefile: Casefile
    let logger: Logger

    private static let pause = Duration.milliseconds(50)
    private static let quiet = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var (before, since) = (0, ContinuousClock.now)
            while !Task.isCancelled {
                do {
                    let waiting = try await casefile.waitingMarks()
                    if waiting.count != before { (before, since) = (waiting.count, .now) }
                    let isQuiet = waiting.count > 0 && since.duration(to: .now) > Self.quiet
                    if isQuiet || waiting.areMany { try await casefile.putMarks(pause: Self.pause) }
                } catch is CancellationError {
                } catch {
                    logger.error("marks not put", metadata: ["error": "\(type(of: error))"])
                }
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }
}
