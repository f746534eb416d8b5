import Casefile
import Logging
import ServiceLifecycle

/// Puts the marks of letters that were filed where they are found, a few at a time, so that no filing waits for it.
struct MarkService: Service {
    let casefile: Casefile
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await casefile.putMarks() > 0 { try await Task.sleep(for: .milliseconds(20)) }
                } catch is CancellationError {
                } catch {
                    logger.error("marks not put", metadata: ["error": "\(type(of: error))"])
                }
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }
}
