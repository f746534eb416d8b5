import Logging
import Synchronization
import Testing

@testable import Observability

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct LogTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private func logged(_ work: (Logger) -> Void) -> [String] {
        let lines = Lines()
        let handler = JSONLogHandler(label: "test", now: { Date(timeIntervalSince1970: 0) }) { line in
            lines.all.withLock { $0.append(line) }
        }
        work(Logger(label: "test") { _ in handler })
        return lines.all.withLock { $0 }
    }

    @Test func `a line is one JSON object with codes only`() {
        let lines = logged { $0.info("request", metadata: ["route": "/reports/{id}", "status": "200"]) }
        #expect(
            lines == [
                #"{"time":"1970-01-01T00:00:00Z","level":"info","from":"test","message":"request","route":"/reports/{id}","status":"200"}"#
                    + "\n"
            ])
    }

    @Test func `what a person wrote cannot reach the log through metadata`() {
        let lines = logged {
            $0.error("fault", metadata: ["error": "王某 took 3 万元", "address": "10.0.0.1", "title": "planted"])
        }
        #expect(lines.count == 1)
        #expect(lines.joined().contains(#""error":"…""#))
        for secret in ["王某", "10.0.0.1", "planted", "address"] { #expect(!lines.joined().contains(secret)) }
    }

    @Test func `a message with a line end stays one line`() {
        let lines = logged { $0.info("first\nsecond\u{0}\"") }
        #expect(lines.first?.filter { $0 == "\n" }.count == 1)
        #expect(lines.first?.contains(#"first\nsecond?\""#) == true)
    }
}
