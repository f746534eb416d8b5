import Foundation

/// Hands out the bytes of a file, piece by piece.
package typealias CleaningSource = @Sendable (_ take: ([UInt8]) throws -> Void) throws -> Void

/// What came of cleaning.
package enum Cleaned: Sendable, Equatable {
    /// The clean parts in order; `note` is a word of the recipe's, such as `pages-cut`.
    case made(parts: [[UInt8]], ending: String, note: String?)
    /// There is no clean copy and there will be none with this recipe.
    case refused(Refusal)

    package enum Refusal: String, Sendable, Codable {
        /// Nothing here cleans files of this kind.
        case kind
        /// Damaged, or with parts that cannot be cleaned.
        case damaged
        /// Locked with a password.
        case locked
        /// Too large to be drawn.
        case large
        /// It used more time or memory than it may.
        case limits
    }
}

/// Why it cannot be said whether there can be a clean copy.
package enum CleaningError: Error, Equatable {
    /// The machine does not let us shut the child away, and that is asked for.
    case noSandbox
    /// A program is missing or does not start.
    case noTools
}

/// Makes clean copies: each in a child process of its own, shut away, under limits, in a folder in memory. This process
/// never looks into what it was given.
package struct Workshop: Sendable {
    package let rules: CleaningRules
    /// How children are shut away; `nil` where nothing is cleaned at all.
    package let sandbox: Sandbox?
    private let memory: String
    private let turns: Turns

    /// - Parameters:
    ///   - sandbox: `nil` refuses everything: the setting asks for namespaces and there are none.
    ///   - memory: a folder of memory-backed storage; plain bytes lie nowhere else.
    package init(rules: CleaningRules, sandbox: Sandbox?, memory: String = "/dev/shm") {
        self.rules = rules
        self.sandbox = sandbox
        self.memory = memory
        turns = Turns(rules.atOnce)
        MemoryFolder.removeLeftovers(in: memory)
    }

    /// Cleans a file by the recipe for its kind.
    package func clean(_ source: @escaping CleaningSource, kind: CleaningRules.Kind) async throws -> Cleaned {
        guard let name = kind.recipe, let recipe = rules.recipes[name] else { return .refused(.kind) }
        let made = try await run(
            recipe, arguments: (recipe.arguments ?? []) + (kind.arguments ?? []), files: [("in", source)])
        // Pictures are drawn by us as JPEG; nothing else is ever handed to a browser as a picture.
        guard kind.shown == .pictures, case .made(let parts, _, _) = made else { return made }
        return parts.allSatisfy { $0.starts(with: [0xFF, 0xD8, 0xFF]) } ? made : .refused(.damaged)
    }

    /// Draws a text across one of our own pictures. `lines` may hold any characters.
    package func mark(_ picture: [UInt8], _ lines: [String]) async throws -> [UInt8] {
        guard let recipe = rules.recipes[CleaningRules.mark] else { throw CleaningError.noTools }
        let text = lines.map(Self.escaped).joined(separator: "\n")
        let made = try await run(
            recipe, arguments: recipe.arguments ?? [],
            files: [("in", { try $0(picture) }), ("mark", { try $0(Array(text.utf8)) })])
        guard case .made(let parts, _, _) = made, let part = parts.first, part.starts(with: [0xFF, 0xD8, 0xFF]) else {
            throw CleaningError.noTools
        }
        return part
    }

    /// Writes a text into one of our own clean documents or recordings. `lines` may hold any characters. The answer may
    /// have another ending.
    package func stamp(
        _ copy: [UInt8], ending: String, _ lines: [String]
    ) async throws -> (bytes: [UInt8], ending: String) {
        guard let recipe = rules.recipes[CleaningRules.stamp] else { throw CleaningError.noTools }
        let text = lines.map(Self.plain).joined(separator: " · ")
        let made = try await run(
            recipe, arguments: (recipe.arguments ?? []) + [ending],
            files: [("in", { try $0(copy) }), ("mark", { try $0(Array(text.utf8)) })])
        guard case .made(let parts, let ending, _) = made, let part = parts.first else { throw CleaningError.noTools }
        return (part, ending)
    }

    /// Without control characters.
    private static func plain(_ line: String) -> String {
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
    }

    /// As Pango reads it (GLib's markup); control characters go.
    static func escaped(_ line: String) -> String {
        var text = ""
        for character in plain(line).unicodeScalars {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    private func run(
        _ recipe: CleaningRules.Recipe, arguments: [String], files: [(name: String, source: CleaningSource)]
    ) async throws -> Cleaned {
        guard let sandbox else { throw CleaningError.noSandbox }
        return try await turns.take {
            let folder = try MemoryFolder(in: memory)
            // The thread that waited for the child may hold it a moment longer.
            defer { folder.clear() }
            try folder.make("out")
            for file in files { try folder.write(file.name, file.source) }
            let command = sandbox.command(recipe, of: rules.scripts, arguments: arguments, in: folder.path)
            let most = recipe.limits.folderBytes
            let ending = await Child.run(command, seconds: recipe.limits.seconds) { folder.bytes > most }
            try Task.checkCancellation()
            switch ending {
            case .exit(0): return collect(folder, recipe.limits)
            case .exit(10): return .refused(.damaged)
            case .exit(11): return .refused(.locked)
            case .exit(12): return .refused(.large)
            // The shell says 128 and the number of the signal where a limit killed what it called; 127, a program is missing.
            case .exit(127), .exit(126), .notStarted: throw CleaningError.noTools
            case .exit(let code): return .refused(code > 128 ? .limits : .damaged)
            case .signal, .killed: return .refused(.limits)
            }
        }
    }

    private func collect(_ folder: MemoryFolder, _ limits: CleaningLimits) -> Cleaned {
        let names = folder.names(in: "out")
        guard !names.isEmpty, names.count <= limits.parts else { return .refused(names.isEmpty ? .damaged : .limits) }
        var rest = limits.outputBytes
        var parts: [[UInt8]] = []
        for name in names {
            guard let bytes = folder.read("out/\(name)", most: rest), !bytes.isEmpty else { return .refused(.limits) }
            rest -= bytes.count
            parts.append(bytes)
        }
        let note = folder.read("out.note", most: 40).map { String(decoding: $0, as: UTF8.self) }?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let ending = names.first?.split(separator: ".").last.map(String.init) ?? ""
        return .made(parts: parts, ending: ending, note: note)
    }
}
