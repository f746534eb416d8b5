import ArgumentParser
import Casefile
import Cleaning
import Kernel
import Logging

/// How evidence is made safe to look at.
struct EvidenceOptions: ParsableArguments {
    @Option(
        help: "on or off: whether evidence is cleaned only where the kernel shuts the cleaning away (bubblewrap).")
    var requireSandbox: Serve.Switch = .on
    @Option(help: "Socket of ClamAV's daemon, or address:port; without it evidence is not scanned for malware.")
    var clamav: String?

    func validate() throws {
        if let clamav, ClamDaemon.Place(clamav) == nil {
            throw ValidationError("--clamav takes the path of a socket, or address:port")
        }
    }

    /// What the door hands evidence to. Says in the log how far the cleaning is shut away, and never takes less than was
    /// asked for.
    func cleaner(logger: Logger) async throws -> EvidenceCleaner {
        let rules = try CleaningRules.shipped()
        let sandbox: Sandbox?
        if await Sandbox.namespacesWork() {
            sandbox = .namespaces
            logger.info("evidence is cleaned in namespaces of its own")
        } else if requireSandbox == .off {
            sandbox = .limitsOnly
            logger.warning("evidence is cleaned without namespaces: a hostile file could reach what this server can")
        } else {
            sandbox = nil
            logger.error("no evidence is shown: namespaces (bubblewrap) do not work here, and --require-sandbox is on")
        }
        let daemon = clamav.flatMap { ClamDaemon.Place($0) }.map { ClamDaemon($0) }
        logger.info("evidence is \(daemon == nil ? "not " : "")scanned for malware")
        return EvidenceCleaner(Workshop(rules: rules, sandbox: sandbox), daemon: daemon)
    }
}

extension EvidenceCleaner {
    init(_ workshop: Workshop, daemon: ClamDaemon?) {
        let rules = workshop.rules
        self.init(
            // Switching the scanner on has everything looked at anew.
            version: rules.version + (daemon == nil ? "" : "+scan"), patienceSeconds: rules.patienceSeconds,
            markedSeconds: rules.markedSeconds,
            clean: { type, name, source in
                guard let kind = rules.kind(type: type, name: name) else { return .refused("kind") }
                if kind.shown == .text { return try Self.text(source, most: rules.textBytes) }
                return try await Self.translating {
                    switch try await workshop.clean(source, kind: kind) {
                    case .made(let parts, let ending, let note):
                        .clean(
                            shown: kind.shown == .pictures ? .pictures : .file, parts: parts, ending: ending, note: note
                        )
                    case .refused(let why): .refused(why.rawValue)
                    }
                }
            },
            mark: { picture, lines in try await Self.translating { try await workshop.mark(picture, lines) } },
            stamp: { copy, ending, lines in
                try await Self.translating { try await workshop.stamp(copy, ending: ending, lines) }
            },
            scan: daemon.map { daemon -> @Sendable (@escaping EvidenceSource) async throws -> String? in
                { source in
                    do {
                        switch try await daemon.scan(source) {
                        case .nothing: return nil
                        case .found(let name): return name
                        }
                    } catch is ClamDaemon.Failure { throw Failure.notScanned }
                }
            })
    }

    private static func translating<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
        do { return try await work() } catch is CleaningError {
            throw Failure.noTools
        } catch is MemoryFolderError {
            throw Failure.noTools
        }
    }

    /// A text holds nothing beside its words; what does not stand for itself is made visible.
    private static func text(_ source: EvidenceSource, most: Int) throws -> Outcome {
        var bytes: [UInt8] = []
        var isCut = false
        try source { piece in
            bytes += piece.prefix(most - bytes.count)
            if bytes.count >= most { isCut = true }
        }
        var text = ""
        for scalar in (TextDecoding.decode(bytes) ?? String(decoding: bytes, as: UTF8.self)).unicodeScalars {
            let isPlain = scalar.value >= 32 && scalar.value != 127 && !scalar.properties.isBidiControl
            if isPlain || scalar == "\n" || scalar == "\t" {
                text.unicodeScalars.append(scalar)
            } else if scalar != "\r", scalar != "\u{FEFF}" {
                text.unicodeScalars.append("\u{FFFD}")
            }
        }
        return .clean(shown: .text, parts: [Array(text.utf8)], ending: "txt", note: isCut ? "text-cut" : nil)
    }
}
