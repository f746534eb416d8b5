package import Casework
import Database
import Foundation
package import Kernel
import Sealing

package enum InterferenceTag {}
package typealias InterferenceID = Identifier<InterferenceTag>

/// How somebody interfered (打听案情、过问案件、说情干预).
package enum InterferenceWay: String, Sendable, Codable, CaseIterable {
    case asked, interceded, other
    case passedMaterial = "passed-material"
    case gaveOrders = "gave-orders"
}

/// What a member of staff writes down when somebody asks about a report, intercedes or gives orders (I-12; 监督执纪工作规则).
/// All of it is sealed.
package struct Interference: Sendable, Hashable, Codable {
    package var name: String
    package var post: String
    package var unit: String
    package var way: InterferenceWay
    package var day: Day
    package var text: String

    package init(name: String, post: String, unit: String, way: InterferenceWay, day: Day, text: String) {
        self.name = name
        self.post = post
        self.unit = unit
        self.way = way
        self.day = day
        self.text = text
    }

    /// Whoever interfered, as the rules of jurisdiction and recusal look at people.
    var party: ReportedParty {
        ReportedParty(kind: .person, name: name, unit: unit, position: post, management: .other)
    }

    /// What is missing or cannot be taken, field by field; empty where it can be recorded.
    package func faults(today: Day) -> [FieldFault] {
        var faults: [FieldFault] = []
        func text(_ field: String, _ value: String, _ limit: Int, required: Bool) {
            if required, value.allSatisfy(\.isWhitespace) { faults.append(FieldFault(field, "required")) }
            if value.utf8.count > limit * 4 || value.count > limit { faults.append(FieldFault(field, "tooLong")) }
            if value.utf8.contains(0) { faults.append(FieldFault(field, "text")) }
        }
        text("name", name, FilingLimits.short, required: post.allSatisfy(\.isWhitespace))
        text("post", post, FilingLimits.short, required: false)
        text("unit", unit, FilingLimits.short, required: false)
        text("text", self.text, CheckedInput.longest, required: true)
        if day > today { faults.append(FieldFault("day", "date")) }
        return faults
    }
}

/// A record as it is sealed, with the report's number as the recorder's organ knew it.
struct SealedInterference: Codable, Sendable {
    var interference: Interference
    var number: String?
}

extension Casefile {
    /// Writes down an interference with a report that the viewer may read; `.notFound` for any other report. `id` is
    /// the form's own, so that a form sent twice makes one record.
    ///
    /// The report's story says nothing of it: whoever interfered may be among its readers. The record goes to internal
    /// supervision where nobody named in it leads (see ``examiners(of:from:barred:in:)``), and to the recorder. It is
    /// sealed under keys of its own, so that reading the report never means reading this, nor the other way round.
    package func recordInterference(
        _ interference: Interference, as id: InterferenceID, on report: ReportID, by viewer: Viewer
    ) async throws {
        let faults = interference.faults(today: clock.now().day)
        if !faults.isEmpty { throw CasefileError.invalid(faults) }
        try await retryingStale { try await recordOnce(interference, id, report, viewer) }
    }

    private func recordOnce(
        _ interference: Interference, _ id: InterferenceID, _ report: ReportID, _ viewer: Viewer
    ) async throws {
        let casefile = self
        let now = clock.now()
        let (entry, version) = try await refusingTheNamed(report, viewer) {
            try await database.read { tx in
                let open = try OpenReport.load(tx, report, for: viewer, casefile: casefile)
                let letter = try open.letter(tx)
                try open.refuseTheNamed(viewer, letter: letter)
                let entry = try NewInterference(interference, id, on: open, letter: letter, by: viewer)
                return (entry, open.picture.world.version)
            }
        }
        try await database.write { tx in
            if let known = try tx.first("SELECT report_id, recorder_id FROM interference WHERE id = \(id)") {
                guard try known.get("recorder_id") == viewer.staff, try known.get("report_id") == report else {
                    throw CasefileError.notNow
                }
                return
            }
            let current: Int64? = try tx.scalar("SELECT version FROM world_version WHERE id = 1")
            guard current == version else { throw StalePicture() }
            try tx.run(
                """
                INSERT INTO interference (id, report_id, recorder_id, organ_id, office_id, recorded_at, key_id, envelope)
                VALUES (\(id), \(report), \(viewer.staff), \(viewer.organ), \(entry.office), \(now), \(entry.keyID),
                  \(entry.envelope))
                """)
            for (purpose, wrap) in entry.wraps {
                try tx.run(
                    """
                    INSERT INTO interference_wrap (interference_id, purpose, recipient, generation, wrap)
                    VALUES (\(id), \(purpose), \(wrap.recipient.description), \(wrap.generation), \(wrap.wrap))
                    """)
            }
        }
    }

    /// Which office examines: internal supervision of the recorder's organ; where somebody named in the record leads
    /// that organ, its letters office or internal supervision (规则 15条 for reports, here for records), or the same of
    /// any organ above, internal supervision of the next higher organ, else its leaders. The highest organ has nobody
    /// above: there its own internal supervision, else its own leaders, without those named.
    static func examiners(
        of party: ReportedParty, from own: OrganID, barred: Set<StaffID>, in world: World
    ) throws(CasefileError) -> OfficeID {
        guard let organ = world.organs[own] else { throw .notFound }
        var start = world.line(from: organ).last ?? organ
        if case .receive(let receiver, _, _, _) = Jurisdiction.decide(
            organ: organ.code, place: nil, reported: [party], in: world), let found = world.organs[receiver]
        {
            start = found
        }
        for candidate in world.line(from: start) {
            if let office = world.office(.internal, of: candidate.id),
                world.canCarryOn(office.id, audience: .internal, barred: barred)
            {
                return office.id
            }
            let isLast = world.parent(of: candidate) == nil
            if candidate.id != own || isLast, let office = world.office(.leaders, of: candidate.id),
                world.leaders(of: candidate.id).contains(where: { !barred.contains($0) })
            {
                return office.id
            }
        }
        throw .nobodyHome(organ: own.description)
    }
}

/// A record sealed and ready to be written.
private struct NewInterference: Sendable {
    let office: OfficeID
    let keyID: KeyID
    let envelope: [UInt8]
    let wraps: [(purpose: String, wrap: NewWrap)]

    init(
        _ interference: Interference, _ id: InterferenceID, on open: OpenReport, letter: Letter?, by viewer: Viewer
    ) throws {
        let (picture, world, standing) = (open.picture, open.picture.world, open.stored.standing)
        // Those named in the record and those who must not know of the report, each with kin.
        var barred = standing.barred.union(Jurisdiction.barred(by: [interference.party], in: world).keys)
        barred.formUnion(Jurisdiction.barred(by: letter?.reported ?? [], in: world).keys)
        office = try Casefile.examiners(
            of: interference.party, from: viewer.organ, barred: barred.union([viewer.staff]), in: world)
        let key = HeldKey.fresh()
        keyID = key.id
        let number = standing.custodies.last { $0.organ == viewer.organ }?.number
        envelope = try Envelope.seal(
            Array(JSONText.encode(SealedInterference(interference: interference, number: number)).utf8),
            under: key.record.secret, keyID: key.id, binding: .interference(id, "record"))
        var wraps = try picture.wraps(of: key, to: office, audience: .internal, barred: barred)
            .map { (purpose: "examine", wrap: try $0.sealed()) }
        guard !wraps.isEmpty else { throw CasefileError.nobodyHome(organ: viewer.organ.description) }
        if let own = picture.staffKeys[viewer.staff] {
            wraps.append(("own", try key.record.wrapped(to: own, recipient: .staff(viewer.staff))))
        }
        self.wraps = wraps
    }
}

extension HeldKey {
    /// What opens the record alone: the recorder's. It does not lead to the key of the examiners' note.
    var record: HeldKey { HeldKey(id: id, secret: secret.derived(for: "interference record")) }
    /// What opens the examiners' note.
    var note: HeldKey { HeldKey(id: id, secret: secret.derived(for: "interference note")) }
}

extension Binding {
    static func interference(_ id: InterferenceID, _ part: String) -> Binding {
        Binding(report: id.description, field: part, purpose: "interference")
    }
}
