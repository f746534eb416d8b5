package import Casework
import Database
import Kernel
import Sealing

/// What makes a form of registration one form, however often it is sent: a secret that the page holds and that nobody
/// stores. The receipt is derived from it and from what was typed, so that a second tap is answered with the same slip.
package struct RegistrationForm: Sendable {
    private let secret: SecretKey

    private init(_ secret: SecretKey) { self.secret = secret }

    package static func fresh() -> RegistrationForm { RegistrationForm(.random()) }

    /// Reads 43 characters of base64url; `nil` for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 43, let secret = Base64URL.decode(text).flatMap(SecretKey.init(bytes:)) else {
            return nil
        }
        self.init(secret)
    }

    /// As it stands in the page.
    package var text: String { Base64URL.encode(secret.bytes) }

    /// What this member of staff sent with the form: in other hands, or with anything else typed into it, it is another.
    /// A clerk who goes back and types the next letter over this one registers the next.
    func sent(_ filing: Filing, by staff: StaffID) -> SentForm {
        let parts = [
            staff.description, JSONText.encode(filing.letter), filing.reporter.map { JSONText.encode($0) } ?? "",
            filing.channel.rawValue, filing.marks.joined(separator: " "),
            // A file that is chosen and sent with each tap is kept anew each time: what it holds tells.
            filing.files.map { $0.sha256 + $0.name }.joined(separator: "\n"),
        ]
        return SentForm(
            secret: SecretKey(bytes: KeyedHash.hmac(key: secret, parts: parts)) ?? secret)
    }
}

/// A form as it was sent: the same taps give the same.
struct SentForm: Sendable {
    fileprivate let secret: SecretKey

    /// The receipt under which it is registered.
    fileprivate func receipt(pepper: SecretKey) -> Receipt {
        Receipt.derived(from: secret.derived(for: "receipt of a registration"), pepper: pepper)
    }

    /// Names the note that it was handed up.
    var note: Identifier<SealedTag>? {
        Identifier(bytes: secret.derived(for: "note of a hand-over").bytes.prefix(16))
    }
}

/// What came of a form of registration.
package enum Registered: Sendable {
    /// Registered by this form, now or within the hour.
    case filed(Filed)
    /// Registered by this form longer ago: the receipt is not shown again.
    case before(ReportID)
}

extension Casefile {
    /// For so long the same form is answered with the same slip, in seconds.
    private static let slipSeconds: Int64 = 3600

    /// Registers as ``register(_:by:)`` does, once for each form.
    package func register(
        _ filing: Filing, by viewer: Viewer, once form: RegistrationForm
    ) async throws -> Registered {
        var filing = filing
        let sent = form.sent(filing, by: viewer.staff)
        let receipt = sent.receipt(pepper: keys.pepper)
        filing.receipt = receipt
        do {
            return .filed(try await register(filing, by: viewer, as: sent))
        } catch DatabaseError.constraint(.unique, let rule) {
            let holder = ReceiptHolder(receipt, pepper: keys.pepper)
            let casefile = self
            let before = try await database.read { tx -> (stored: StoredReport, organ: Organ)? in
                guard let row = try tx.first("SELECT * FROM report WHERE receipt_lookup = \(holder.lookup)") else {
                    return nil
                }
                let stored = try StoredReport.load(tx, row: row)
                let world = try casefile.pictures.current(tx).world
                return stored.standing.custodies.first.flatMap { world.organs[$0.organ] }.map { (stored, $0) }
            }
            guard let (stored, organ) = before else {
                // Not this letter: the scans of another, which the form still named, stay where they are.
                guard try await !registered(filing.files).isEmpty else { throw DatabaseError.constraint(.unique, rule) }
                throw CasefileError.invalid([FieldFault("files", "scanTaken")])
            }
            try await discard(filing.files)
            guard clock.now() < stored.receivedAt.adding(seconds: Self.slipSeconds) else { return .before(stored.id) }
            return .filed(
                Filed(
                    id: stored.id, number: stored.standing.custodies.first?.number, receipt: receipt, organ: organ,
                    filedAt: stored.receivedAt))
        }
    }
}
