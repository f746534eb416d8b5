package import Casework
import Database
import Foundation
package import Kernel
import Sealing

/// What a reporter may be looked for by.
package enum IdentityKind: String, Sendable, CaseIterable { case name, phone, residentID = "resident-id", email }

/// A report that a custodian found by what they know of its reporter; masked like everything they see.
package struct FoundIdentity: Sendable {
    package var id: ReportID
    package var number: String?
    package var stage: String
    package var receivedAt: Instant
    package var reporter: Reporter
}

extension Casefile {
    /// Looks for reports whose reporter has this name or number, among those whose identities the viewer's own office
    /// keeps: custodians alone, with a ground (a value of `identity-search-ground`), and each search is an event.
    /// `.notYourAct` for everybody else. At most `most` of them, the newest first.
    package func searchReporters(
        _ kind: IdentityKind, _ value: String, ground: String, by viewer: Viewer, most: Int = 50
    ) async throws -> [FoundIdentity] {
        let casefile = self
        guard workflow.vocabularies["identity-search-ground"]?.contains(where: { $0.value == ground }) == true else {
            throw CasefileError.invalid([FieldFault("ground", "choice")])
        }
        let marks = try IdentityMarks(keys.index)
        let now = clock.now()
        let found = try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            guard let office = picture.world.custody(of: viewer.staff) else { throw CasefileError.notYourAct }
            guard let mark = marks.mark(kind, value, of: viewer.organ) else {
                throw CasefileError.invalid([FieldFault("value", "required")])
            }
            let rows = try tx.rows(
                """
                SELECT m.report_id FROM identity_mark m JOIN report r ON r.id = m.report_id
                WHERE m.organ_id = \(viewer.organ) AND m.mark = \(mark)
                ORDER BY r.received_at DESC, r.intake_order DESC LIMIT \(most)
                """)
            var result: [FoundIdentity] = []
            for row in rows {
                let id: ReportID = try row.get("report_id")
                // What is not there for this custodian is not found either.
                guard let open = try OpenReport.find(tx, id, for: viewer, casefile: casefile),
                    let reporter = try open.reporter(tx)
                else { continue }
                let standing = open.stored.standing
                result.append(
                    FoundIdentity(
                        id: id, number: standing.custodies.last { $0.organ == viewer.organ }?.number,
                        stage: standing.stage, receivedAt: open.stored.receivedAt, reporter: reporter.masked))
            }
            return (office, result)
        }
        try await database.write { tx in
            let asked = Identifier<IdentitySearchTag>.ordered(at: now)
            try tx.run(
                """
                INSERT INTO identity_search (id, at, staff_id, office_id, kind, ground, hits)
                VALUES (\(asked), \(now), \(viewer.staff), \(found.0), \(kind.rawValue),
                  \(ground), \(found.1.count))
                """)
            try LogLeaf.append(.identitySearch, asked.description, tx)
        }
        return found.1
    }
}

extension World {
    /// The custody office in which somebody acts as a custodian today.
    package func custody(of person: StaffID) -> OfficeID? {
        places(of: person).first { $0.role == .custodian && $0.admitted && offices[$0.office]?.kind == .custody }?
            .office
    }
}

/// Marks ids of searches.
enum IdentitySearchTag {}

/// Keyed hashes of what a reporter may be looked for by; each organ's are under a key of its own, so that equal people
/// at two organs have nothing in common.
struct IdentityMarks: Sendable {
    private let key: SecretKey
    private let same: SecretKey
    private let fold: SearchFold

    init(_ index: SecretKey) throws {
        key = index.derived(for: "identity marks")
        same = index.derived(for: "same reporter")
        fold = try SearchFold.shipped()
    }

    func mark(_ kind: IdentityKind, _ value: String, of organ: OrganID) -> [UInt8]? {
        let plain = normalised(kind, value)
        guard !plain.isEmpty else { return nil }
        return KeyedHash.hmac(key: key, parts: [organ.description, kind.rawValue, plain])
    }

    /// All marks of a reporter, each once, with what tells the same reporter.
    func all(of reporter: Reporter, at organ: OrganID) -> Set<[UInt8]> {
        let names = [reporter.name] + reporter.others.split(whereSeparator: \.isNewline).map(String.init)
        let values: [(IdentityKind, String)] =
            names.map { (.name, $0) } + [
                (.phone, reporter.phone), (.residentID, reporter.residentID), (.email, reporter.email),
            ]
        return Set(values.compactMap { mark($0.0, $0.1, of: organ) } + tokens(of: reporter, at: organ))
    }

    /// The keyed hash of what must be the same for two reporters to be.
    func sameness(_ parts: [String]) -> [UInt8] { KeyedHash.hmac(key: same, parts: parts) }

    /// Width, case, spaces, punctuation and traditional characters are no difference; of a telephone number the last
    /// eleven digits count, of an e-mail address every character.
    func normalised(_ kind: IdentityKind, _ value: String) -> String {
        switch kind {
        case .phone: String(fold.folded(value).filter { $0.isASCII && $0.isNumber }.suffix(11))
        case .email: value.precomposedStringWithCompatibilityMapping.lowercased().filter { !$0.isWhitespace }
        case .name, .residentID: fold.folded(value)
        }
    }
}

extension Set<[UInt8]> {
    func insert(_ tx: any Transaction, report: ReportID, organ: OrganID) throws {
        for mark in self {
            try tx.run(
                """
                INSERT INTO identity_mark (report_id, organ_id, mark) VALUES (\(report), \(organ), \(mark))
                ON CONFLICT (report_id, organ_id, mark) DO NOTHING
                """)
        }
    }
}
