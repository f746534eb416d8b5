import Casework
import Database
import Kernel
import Sealing
import Similarity

/// What tells that two reports of one organ have the same reporter, and no more than that: keyed hashes of a telephone
/// number, an identity number, an e-mail address, or a name with an address. A name alone is many people's.
///
/// Only names that a custodian verified are compared: else whoever files a letter under somebody's telephone number would
/// learn whether that person wrote another. They stand among the marks that custodians search by (``IdentityMarks``), go wherever those go, and are a byte longer:
/// the first says of what they are, so that nothing that is searched for ever equals one.
extension IdentityMarks {
    private enum Token: UInt8 {
        case phone = 1
        case residentID, email, nameAndAddress
    }

    /// How many bytes such a mark has.
    static let tokenLength = 33

    /// The tokens of a reporter at an organ.
    func tokens(of reporter: Reporter, at organ: OrganID) -> [[UInt8]] {
        var tokens: [[UInt8]] = []
        func add(_ token: Token, _ parts: [String]) {
            guard parts.allSatisfy({ !$0.isEmpty }) else { return }
            tokens.append([token.rawValue] + sameness([organ.description, String(token.rawValue)] + parts))
        }
        add(.phone, [normalised(.phone, reporter.phone)])
        add(.residentID, [normalised(.residentID, reporter.residentID)])
        add(.email, [normalised(.email, reporter.email)])
        add(.nameAndAddress, [normalised(.name, reporter.name), normalised(.name, reporter.address)])
        return tokens
    }

    /// `nil` where nothing of one kind is known of both.
    static func compare(_ one: Set<[UInt8]>, _ two: Set<[UInt8]>) -> Outcome? {
        if !one.isDisjoint(with: two) { return .same }
        return Set(one.compactMap(\.first)).isDisjoint(with: two.compactMap(\.first)) ? nil : .different
    }
}

/// The tokens of the reporters of some reports, as one organ keeps them.
struct ReporterTokens {
    private let organ: OrganID
    private let tx: any Transaction
    private let verified = Standing.verifiedNames.sorted()

    /// No more reports of one reporter are looked at, the newest first.
    static let most = 1000

    init(at organ: OrganID, _ tx: any Transaction) {
        self.organ = organ
        self.tx = tx
    }

    func tokens(of report: ReportID) throws -> Set<[UInt8]> {
        Set(
            try tx.rows(
                """
                SELECT m.mark FROM identity_mark m JOIN report r ON r.id = m.report_id
                WHERE m.report_id = \(report) AND m.organ_id = \(organ) AND LENGTH(m.mark) = \(IdentityMarks.tokenLength)
                  AND r.real_name IN \(list: verified)
                """
            ).map { try $0.get("mark", as: [UInt8].self) })
    }

    /// Other reports with the same reporter, whoever may read them.
    func others(of report: ReportID) throws -> [ReportID] {
        let tokens = try tokens(of: report)
        guard !tokens.isEmpty else { return [] }
        return try tx.rows(
            """
            SELECT r.id FROM report r WHERE r.id <> \(report) AND r.real_name IN \(list: verified) AND r.id IN (SELECT m.report_id FROM identity_mark m
              WHERE m.organ_id = \(organ) AND m.mark IN \(list: Array(tokens)))
            ORDER BY r.received_at DESC, r.id DESC LIMIT \(Self.most)
            """
        ).map { try $0.get("id") }
    }
}

extension Casefile {
    /// The hashes of what came with a letter, or after it from the reporter; internal papers are of no matter here.
    private func filesWithLetter(_ open: OpenReport, _ tx: any Transaction) throws -> Set<String> {
        let letters = Set(open.keys.filter { $0.key.kind == "letter" }.map(\.value.id))
        return Set(try located(open, tx).filter { letters.contains($0.key.id) }.map(\.staged.sha256))
    }

    /// What speaks for sameness beside the letters: whoever reported, and files, bit for bit.
    func evidenceBeside(
        _ one: OpenReport, _ two: OpenReport, for viewer: Viewer
    ) async throws -> [EvidenceKind: Outcome] {
        let casefile = self
        return try await database.read { tx in
            let known = ReporterTokens(at: viewer.organ, tx)
            var outcomes: [EvidenceKind: Outcome] = [:]
            outcomes[.reporter] = IdentityMarks.compare(
                try known.tokens(of: one.stored.id), try known.tokens(of: two.stored.id))
            outcomes[.file] = Evidence.files(
                try casefile.filesWithLetter(one, tx), try casefile.filesWithLetter(two, tx))
            return outcomes
        }
    }
}
