import ArgumentParser
import Casefile
import Casework
import Foundation
import Kernel
import Similarity

/// What finding letters that say the same costs on this machine: for measuring, not for people.
struct SimilarTime: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar-time", abstract: "Measures the index of letters that say the same.", shouldDisplay: false,
        subcommands: [Rate.self, Texts.self, Fill.self, Put.self, Ask.self])

    /// Texts as they are compared and their marks.
    struct Maker: Sendable {
        let samples: SampleTexts
        private let normaliser: Normaliser
        private let fingerprinter: Fingerprinter

        init() throws {
            guard let key = FingerprintKey(secret: Array("for measuring, of no installation".utf8)) else {
                throw ExitCode.failure
            }
            samples = try SampleTexts()
            normaliser = try .shipped()
            fingerprinter = Fingerprinter(key: key, rarity: try .shipped())
        }

        func callAsFunction(_ text: String) throws -> (text: NormalText, marks: Fingerprint) {
            let normal = try normaliser(text)
            return (normal, fingerprinter(normal))
        }
    }

    /// Fingerprints a second on one core, with their normalisation.
    struct Rate: ParsableCommand {
        @Option var texts = 20_000

        func run() throws {
            let maker = try Maker()
            let texts = (0..<texts).map { maker.samples.text($0) }
            let characters = texts.reduce(0) { $0 + $1.count } / max(texts.count, 1)
            _ = try texts.prefix(1000).map { try maker($0) }
            let took = try ContinuousClock().measure { for text in texts { _ = try maker(text) } }
            print("\(Int(Double(texts.count) / took.seconds)) \(characters)")
        }
    }

    /// Writes texts, questions, what is alike, and the marks of all of them into files.
    struct Texts: AsyncParsableCommand {
        @Option var folder: String
        @Option var stored: Int
        @Option var asked: Int

        private static let chunk = 5000

        func run() async throws {
            let maker = try Maker()
            let (stored, asked) = (stored, asked)
            try await write("stored", count: stored) { try maker(maker.samples.text($0)) }
            try await write("asked", count: asked) { try maker(maker.samples.askedText($0, among: stored)) }
            var truth = try SampleTruth(maker.samples, stored: stored)
            var lines = ""
            for place in 0..<asked {
                let kind =
                    switch maker.samples.askedKind(place, among: stored) {
                    case .fresh: "fresh"
                    case .again: "again"
                    case .campaign: "campaign"
                    }
                lines += "\(kind)\t" + (try truth.alike(place).map(String.init).joined(separator: " ")) + "\n"
            }
            try lines.write(toFile: folder + "/alike.tsv", atomically: false, encoding: .utf8)
        }

        private func write(
            _ name: String, count: Int,
            _ make: @escaping @Sendable (Int) throws -> (text: NormalText, marks: Fingerprint)
        ) async throws {
            let texts = try MarkFile.create(folder + "/\(name).txt")
            let marks = try MarkFile.create(folder + "/\(name).marks")
            for start in stride(from: 0, to: count, by: 2 * Self.chunk) {
                let parts = [start, start + Self.chunk].map { min($0, count)..<min($0 + Self.chunk, count) }
                async let first = Self.part(parts[0], make)
                async let second = Self.part(parts[1], make)
                for (lines, bytes) in try await [first, second] {
                    try texts.write(contentsOf: Data(lines.utf8))
                    try marks.write(contentsOf: bytes)
                }
            }
            try texts.close()
            try marks.close()
        }

        @concurrent private static func part(
            _ places: Range<Int>, _ make: @Sendable (Int) throws -> (text: NormalText, marks: Fingerprint)
        ) async throws -> (String, Data) {
            var (lines, bytes) = ("", Data())
            for place in places {
                let made = try make(place)
                lines += made.text.text + "\n"
                MarkFile.append(made.marks, to: &bytes)
            }
            return (lines, bytes)
        }
    }

    /// Files a letter at some organs and puts copies of their reports beside them, with the marks of a file.
    struct Fill: AsyncParsableCommand {
        @OptionGroup var place: PlaceOptions
        @Option var folder: String

        func run() async throws {
            let installation = try await Installation.open(place.place, create: false)
            let casefile = installation.casefile
            let organs = try await casefile.world().organs.values.sorted { $0.code < $1.code }
            var models: [ReportID] = []
            for organ in organs where [.county, .city].contains(organ.level) {
                let letter = Letter(title: "反映问题", content: "请核实。", reported: [])
                models.append(try await casefile.file(Filing(organ: organ.code, letter: letter)).id)
            }
            try await casefile.putMarks()
            let trial = MarkTrial(casefile, copying: models)
            let marks = try MarkFile(folder + "/stored.marks")
            for start in stride(from: 0, to: marks.count, by: 50_000) {
                try await trial.add((start..<min(start + 50_000, marks.count)).map { marks[$0] }, from: start)
            }
            await installation.close()
            print("\(models.count)")
        }
    }

    /// Puts all waiting marks into the index: the seconds that takes.
    struct Put: AsyncParsableCommand {
        @OptionGroup var place: PlaceOptions

        func run() async throws {
            let installation = try await Installation.open(place.place, create: false)
            let began = ContinuousClock.now
            while try await installation.casefile.putMarks() > 0 {}
            print(began.duration(to: .now).seconds)
            await installation.close()
        }
    }

    /// Asks: one line a question with the milliseconds of the index alone, those until it is known which reports a director
    /// may read, how many of these there are, how many marks were read in part, and the places of the first ten.
    struct Ask: AsyncParsableCommand {
        @OptionGroup var place: PlaceOptions
        @Option var folder: String
        @Option(help: "The first question that is timed.") var from = 0
        @Option var count: Int
        @Option(help: "So many questions before it are asked untimed.") var warm = 0

        func run() async throws {
            let installation = try await Installation.open(place.place, create: false)
            let trial = MarkTrial(installation.casefile, copying: [])
            let world = try await installation.casefile.world()
            guard let person = world.staff.values.first(where: { $0.username == "qt.letters1" }) else {
                throw ExitCode.failure
            }
            let marks = try MarkFile(folder + "/asked.marks")
            for place in max(from - warm, 0)..<from {
                _ = try await trial.nearest(to: marks[place], limit: 10)
                _ = try await trial.shown(to: person.id, of: person.organ, nearestTo: marks[place])
            }
            for place in from..<min(from + count, marks.count) {
                var began = ContinuousClock.now
                let found = try await trial.nearest(to: marks[place], limit: 10)
                let alone = began.duration(to: .now)
                began = .now
                let shown = try await trial.shown(to: person.id, of: person.organ, nearestTo: marks[place])
                let whole = began.duration(to: .now)
                let times = String(format: "%.3f\t%.3f", alone.seconds * 1000, whole.seconds * 1000)
                print(times, shown, found.capped, found.places.map(String.init).joined(separator: " "), separator: "\t")
            }
            await installation.close()
        }
    }
}

/// Fingerprints in a file, each in as many bytes.
private struct MarkFile {
    private let bytes: Data
    private static let width = 4 * Fingerprinter.marks

    init(_ path: String) throws { bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) }

    var count: Int { bytes.count / Self.width }

    subscript(_ place: Int) -> Fingerprint {
        let marks = bytes.withUnsafeBytes { raw in
            (0..<Fingerprinter.marks).map {
                Int32(littleEndian: raw.loadUnaligned(fromByteOffset: place * Self.width + 4 * $0, as: Int32.self))
            }
        }
        return Fingerprint(marks: marks)
    }

    /// A fingerprint of fewer marks repeats its last.
    static func append(_ fingerprint: Fingerprint, to bytes: inout Data) {
        for place in 0..<Fingerprinter.marks {
            let mark = fingerprint.marks.dropFirst(place).first ?? fingerprint.marks.last ?? 0
            withUnsafeBytes(of: mark.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    static func create(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil) else { throw ExitCode.failure }
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
