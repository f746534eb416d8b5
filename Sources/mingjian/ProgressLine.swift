import Dispatch
import Foundation
import Synchronization

/// How far something is, on standard error: one line that changes on a terminal, a new line now and then elsewhere.
/// What is done within a second shows nothing.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let last = Guarded(DispatchTime.now())
    private let wasShown = Atomic(false)

    func show(_ text: () -> String) {
        let now = DispatchTime.now()
        let pause: DispatchTimeInterval = isTerminal || !wasShown.load(ordering: .relaxed) ? .seconds(1) : .seconds(10)
        guard now >= last.value + pause else { return }
        last.change { $0 = now }
        wasShown.store(true, ordering: .relaxed)
        write(isTerminal ? "\r\u{1B}[K\(text())" : text() + "\n")
    }

    /// Something to know, on a line of its own.
    func note(_ text: String) { write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }

    func end() { if isTerminal, wasShown.load(ordering: .relaxed) { write("\r\u{1B}[K") } }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Whether somebody asked to stop (Ctrl-C, SIGTERM), so that what was begun can be tidied away.
final class StopSignal: Sendable {
    private let wasAsked = Guarded(false)
    // proof: set once here and let go with the object; nobody but Dispatch uses them.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init() {
        let asked = wasAsked
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { asked.change { $0 = true } }
            source.activate()
            return source
        }
    }

    var isSet: Bool { wasAsked.value }
}
