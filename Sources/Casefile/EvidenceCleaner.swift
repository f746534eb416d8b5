/// Hands out the bytes of a file, piece by piece.
package typealias EvidenceSource = @Sendable (_ take: ([UInt8]) throws -> Void) throws -> Void

/// What makes clean copies of evidence, handed in by the composition root as a driver is. ``none`` cleans nothing, and
/// then nothing is shown.
package struct EvidenceCleaner: Sendable {
    /// What a page does with a clean copy: pictures one after the other, a text, or a file to take away.
    package enum Shown: String, Sendable, Codable { case pictures, text, file }

    package enum Outcome: Sendable {
        /// `note` is a word that says what is missing in the copy: `first-page`, `pages-cut`, `text-cut`, `damaged`.
        case clean(shown: Shown, parts: [[UInt8]], ending: String, note: String?)
        /// There is no clean copy, and why: `kind`, `damaged`, `locked`, `large`, `limits`.
        case refused(String)
    }

    /// Why it cannot be said now whether there can be a clean copy.
    package enum Failure: Error, Sendable, Equatable {
        /// This installation cannot shut the cleaning away, or its programs are missing.
        case noTools
        /// The scanner is configured and was not there, or did not look.
        case notScanned
        /// The bytes are not those that were received.
        case changed
    }

    /// Copies of another version are made anew.
    package var version: String
    /// After so many seconds in which nobody asks, a copy is not made.
    package var patienceSeconds: Int
    /// How long a copy with somebody's mark is kept.
    package var markedSeconds: Int
    package var clean: @Sendable (_ type: String, _ name: String, @escaping EvidenceSource) async throws -> Outcome
    /// Draws lines of text across a picture that ``clean`` made.
    package var mark: @Sendable (_ picture: [UInt8], _ lines: [String]) async throws -> [UInt8]
    /// Writes lines of text into a document or recording that ``clean`` made; the answer may have another ending.
    package var stamp:
        @Sendable (_ copy: [UInt8], _ ending: String, _ lines: [String]) async throws -> (
            bytes: [UInt8], ending: String
        )
    /// Looks for malware and names what it found; `nil` where no scanner is configured.
    package var scan: (@Sendable (@escaping EvidenceSource) async throws -> String?)?

    package init(
        version: String, patienceSeconds: Int, markedSeconds: Int,
        clean: @escaping @Sendable (_ type: String, _ name: String, @escaping EvidenceSource) async throws -> Outcome,
        mark: @escaping @Sendable (_ picture: [UInt8], _ lines: [String]) async throws -> [UInt8],
        stamp:
            @escaping @Sendable (_ copy: [UInt8], _ ending: String, _ lines: [String]) async throws -> (
                bytes: [UInt8], ending: String
            ),
        scan: (@Sendable (@escaping EvidenceSource) async throws -> String?)?
    ) {
        self.version = version
        self.patienceSeconds = patienceSeconds
        self.markedSeconds = markedSeconds
        self.clean = clean
        self.mark = mark
        self.stamp = stamp
        self.scan = scan
    }

    package static let none = EvidenceCleaner(
        version: "none", patienceSeconds: 1, markedSeconds: 1, clean: { _, _, _ in throw Failure.noTools },
        mark: { _, _ in throw Failure.noTools }, stamp: { _, _, _ in throw Failure.noTools }, scan: nil)
}
