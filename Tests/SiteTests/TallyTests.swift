import Hummingbird
import Logging
import Synchronization
import Testing

@testable import Site

/// What the log says of visitors.
struct TallyTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private struct Recorder: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.all.withLock { $0.append("\(event.message) " + fields.joined(separator: " ")) }
        }
    }

    @Test func `visitors are told of as numbers, once, when the hour is over`() {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
        let tally = HourlyTally(Instruments())
        for _ in 0..<3 { tally.add(.init(route: "/report/done", method: "POST", status: 200), nanoseconds: 1) }
        tally.add(.init(route: "/", method: "GET", status: 200), nanoseconds: 1)
        #expect(lines.all.withLock { $0 } == [])
        tally.tell(logger)
        tally.tell(logger)
        #expect(
            lines.all.withLock { $0 } == [
                "visitors in an hour count=1 method=GET route=/ status=200",
                "visitors in an hour count=3 method=POST route=/report/done status=200",
            ])
    }
}
