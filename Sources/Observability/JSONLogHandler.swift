package import Logging
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One JSON object a line, to stderr.
///
/// Metadata is written only under names that the source knows, and only as codes: letters, digits and `._/-{}:*`, at
/// most 120 of them. Anything else is written as `…`: a log line can never carry what a person wrote.
/// The message itself is a constant of the source; the same rule of length and control characters holds for it.
package struct JSONLogHandler: LogHandler {
    /// The metadata names that may appear.
    package static let knownKeys: Set<String> = [
        "hb.request.id", "method", "route", "status", "ms", "error", "error.type", "path", "port", "count", "code",
        "table", "version", "task", "organ", "engine", "signal", "attempt", "seconds", "bytes",
        "about", "entries",
    ]

    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    private let label: String
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> Date

    /// A handler for `LoggingSystem.bootstrap`.
    package init(label: String) {
        self.init(label: label, now: { Date() }, write: StandardError.write)
    }

    init(label: String, now: @escaping @Sendable () -> Date, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = [
            ("time", JSONText.quoted(now().formatted(.iso8601))), ("level", JSONText.quoted(event.level.rawValue)),
            ("from", JSONText.quoted(label)),
            ("message", JSONText.quoted(String(event.message.description.prefix(200)))),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { _, latest in latest }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where Self.knownKeys.contains(key) {
            fields.append((key == "hb.request.id" ? "request" : key, JSONText.quoted(Self.code("\(value)"))))
        }
        write("{" + fields.map { JSONText.quoted($0.0) + ":" + $0.1 }.joined(separator: ",") + "}\n")
    }

    /// The text where it is a code, else `…`.
    static func code(_ text: String) -> String {
        let isCode =
            text.utf8.count <= 120
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._/-{}:*".utf8.contains(byte)
                }
            }
        return isCode ? text : "…"
    }
}

/// JSON strings (RFC 8259 §7).
enum JSONText {
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default:
                if scalar.value < 0x20 { quoted += "?" } else { quoted.unicodeScalars.append(scalar) }
            }
        }
        return quoted + "\""
    }
}

/// Whole lines to stderr, one after the other.
enum StandardError {
    private static let turn = Mutex(())
    static func write(_ line: String) {
        turn.withLock { _ in FileDescriptorWriter.send(Array(line.utf8), to: 2) }
    }
}
