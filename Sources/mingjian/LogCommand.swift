import ArgumentParser
import Casefile
import Foundation
import Kernel
import Sealing
import TransparencyLog

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "The transparency log: its keys, and the proofs of receipts.",
        subcommands: [LogKeyCommand.self, LogKeyChange.self, VerifyProof.self, LogTime.self])
}

/// Prints the keys that check heads of the log, one a line.
struct LogKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Prints the key that checks the log's heads; two while it is being changed.")
    @OptionGroup var place: PlaceOptions

    func run() async throws { try await LogKeyQuestion().execute(at: place.place) }
}

struct LogKeyQuestion: InstallationCommand {
    static let name = "log-key"

    func run(_ installation: Installation) async throws -> CommandAnswer {
        if try await installation.casefile.logOrigin() == nil { try await installation.casefile.openLog() }
        return CommandAnswer(
            text: try await installation.casefile.logKeys().map(\.text).joined(separator: "\n"))
    }
}

/// Changes the key: first a second one signs beside it, then that one alone.
struct LogKeyChange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change-key",
        abstract:
            "Makes a second key, which signs beside the first from the next start on; with --finish it signs alone.")
    @OptionGroup var place: PlaceOptions
    @Flag(help: "Leave the first key: whoever checks heads has the second one by now.") var finish = false

    func run() async throws {
        try await LogKeyStep(path: place.place.keys, finishes: finish).execute(at: place.place)
    }
}

struct LogKeyStep: InstallationCommand {
    static let name = "log-change-key"
    var path: String
    var finishes: Bool

    func run(_ installation: Installation) async throws -> CommandAnswer {
        let (casefile, path) = (installation.casefile, installation.place.keys)
        let keys = try KeysFolder.open(path: path)
        if finishes {
            guard keys.logNext != nil else {
                return CommandAnswer(text: "There is no second key: begin with `mingjian log change-key`.", exitCode: 1)
            }
            guard casefile.keys.logNext == keys.logNext else {
                return CommandAnswer(
                    text: "The second key has not signed yet: restart the server, and finish when heads bear both.",
                    exitCode: 1)
            }
            try await casefile.enterLogKey(.logKeyEnded, try await casefile.logKeys().first)
            try keys.endLogChange(path: path)
            return CommandAnswer(text: "From the next start of the server on the second key signs alone.")
        }
        guard keys.logNext == nil else {
            return CommandAnswer(text: "A second key is there already; --finish ends the change.", exitCode: 1)
        }
        let seed = try keys.beginLogChange(path: path)
        if try await casefile.logOrigin() == nil { try await casefile.openLog() }
        guard let origin = try await casefile.logOrigin(),
            let key = NoteSigner(name: origin, kind: .ed25519, seed: seed.bytes)?.key
        else { return CommandAnswer(text: "", exitCode: 1) }
        try await casefile.enterLogKey(.logKeyMade, key)
        return CommandAnswer(
            text: """
                \(key.text)
                Restart the server: from then on both keys sign. Give this one to everybody who checks heads, and to the
                witnesses; then end the change with --finish. Back up the keys folder.
                """)
    }
}

/// Checks, without any server or database, that what a receipt's proof opens is in the log.
struct VerifyProof: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-proof",
        abstract: "Checks a receipt's proof, without a server; exit code 0 if everything in it holds, else 1.")
    @Argument(help: "The file that was fetched with the receipt.") var file: String
    @Option(help: "The log's key (name+hash+base64), or a file that holds it.") var key: String
    @Option(help: "Key of a witness that must have seen the head; may be given several times.") var witness: [String] =
        []
    @Option(help: "The title that was sent, to be held against the entry.") var title: String?
    @Option(help: "A file with the content that was sent, to be held against the entry.") var content: String?

    func run() throws {
        do {
            for line in try check() { print(line) }
        } catch let refusal as Refusal {
            print("not proven: \(refusal.text)")
            throw ExitCode(1)
        }
    }

    struct Refusal: Error { var text: String }

    private func check() throws -> [String] {
        let keys = try keys(in: key)
        let witnesses = try witness.flatMap { try self.keys(in: $0) }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw Refusal(text: "\(file) cannot be read")
        }
        guard let opened = OpenedEntries(text) else { throw Refusal(text: "\(file) is no proof") }
        var lines: [String] = []
        for (number, one) in opened.all.enumerated() {
            let event = try? JSONSerialization.jsonObject(with: Data(one.event)) as? [String: Any]
            let act = event?["act"] as? String ?? "?"
            let what = "entry \(one.proof.index) (\(act))"
            let verdicts = keys.map { one.proof.check(one.entry, key: $0, witnesses: witnesses) }
            guard let head = Self.included(verdicts) else {
                throw Refusal(text: "\(what): \(Self.reason(verdicts))")
            }
            for key in witnesses where head.seen[key.name] == nil {
                throw Refusal(text: "\(what): \(key.name) has not seen the head")
            }
            let at = (event?["at"] as? NSNumber).map { Instant(milliseconds: $0.int64Value).rfc3339 } ?? ""
            lines.append("\(what) \(at): in the log of \(head.head.size) entries")
            if number == 0 { try hold(event, one) }
        }
        if title != nil { lines.append("title and content are those that were sent") }
        lines.append("proven: \(opened.all.count) of \(opened.all.count)")
        return lines
    }

    /// Whether the words are those that the filing's entry speaks of.
    private func hold(_ event: [String: Any]?, _ one: OpenedEntries.Opened) throws {
        guard event?["act"] as? String == "file" else { throw Refusal(text: "the first entry is no filing") }
        guard title != nil || content != nil else { return }
        guard let title, let content, let words = try? String(contentsOfFile: content, encoding: .utf8) else {
            throw Refusal(text: "give both --title and --content, a file that can be read")
        }
        let sent = (event?["codes"] as? [String: Any])?["sent"] as? String
        guard let salt = one.proof.extra.flatMap({ SecretKey(bytes: $0) }),
            sent == SentDigest.digest(title: title, content: words, salt: salt)
        else { throw Refusal(text: "title and content are not those that were sent") }
    }

    private static func included(
        _ verdicts: [TransparencyProof.Verdict]
    ) -> (head: TreeHead, seen: [String: UInt64])? {
        for verdict in verdicts { if case .included(let head, let seen) = verdict { return (head, seen) } }
        return nil
    }

    private static func reason(_ verdicts: [TransparencyProof.Verdict]) -> String {
        if verdicts.contains(.notIncluded) { return "it is not in the tree whose head was signed, or was changed" }
        if verdicts.contains(.notACheckpoint) { return "its head cannot be read" }
        if case .otherOrigin(let name)? = verdicts.first { return "it is of another log, \(name)" }
        return "its head is not signed with the key"
    }

    /// A key, or the lines of a file of keys.
    private func keys(in text: String) throws -> [NoteKey] {
        if let key = NoteKey(text.trimmingCharacters(in: .whitespacesAndNewlines)) { return [key] }
        let lines = (try? String(contentsOfFile: text, encoding: .utf8))?.split(whereSeparator: \.isNewline) ?? []
        let keys = lines.compactMap { NoteKey($0.trimmingCharacters(in: .whitespaces)) }
        guard !keys.isEmpty, keys.count == lines.count else {
            throw Refusal(text: "\(text) is neither a key nor a file of keys")
        }
        return keys
    }
}
