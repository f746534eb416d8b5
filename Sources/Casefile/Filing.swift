package import Casework
import Database
package import Kernel
package import Sealing

/// A report on its way in.
package struct Filing: Sendable {
    package var organ: String?
    package var letter: Letter
    package var reporter: Reporter?
    package var channel: Channel
    package var files: [StagedFile]
    /// Open marks set at registration: urgent, important, …
    package var marks: [String]
    /// The receipt to file under, where the sender's browser can find it again; a fresh one otherwise.
    package var receipt: Receipt?

    package init(
        organ: String?, letter: Letter, reporter: Reporter? = nil, channel: Channel = .web,
        files: [StagedFile] = [], marks: [String] = [], receipt: Receipt? = nil
    ) {
        self.organ = organ
        self.letter = letter
        self.reporter = reporter
        self.channel = channel
        self.files = files
        self.marks = marks
        self.receipt = receipt
    }
}

/// What came of a filing. The receipt is shown once and stored nowhere.
package struct Filed: Sendable {
    package var id: ReportID
    package var number: String?
    package var receipt: Receipt
    package var organ: Organ
    /// For public filings to the hour.
    package var filedAt: Instant
}

/// Limits of what one report may hold. Sizes in characters.
package enum FilingLimits {
    package static let title = 200
    package static let content = 100_000
    package static let short = 500
    package static let parties = 50
}

extension Casefile {
    /// Files a report of the public. Throws `.aboveThisPlatform` before anything is stored.
    package func file(_ filing: Filing) async throws -> Filed {
        try check(filing)
        return try await retryingStale { try await fileOnce(filing) }
    }

    private func fileOnce(_ filing: Filing) async throws -> Filed {
        // Those who file at the same moment share one sync of the disk.
        let announcement = database.announce()
        let picture = try await picture()
        switch Jurisdiction.decide(
            organ: filing.organ, place: filing.letter.place, reported: filing.letter.reported,
            hasReporter: filing.reporter != nil, in: picture.world)
        {
        case .aboveThisPlatform: throw CasefileError.aboveThisPlatform
        case .noSuchOrgan: throw CasefileError.invalid([FieldFault("organ", "unknown")])
        case .receive(let organ, let audience, let reasons, let barred):
            let entry = try NewReport(
                filing, organ: organ, audience: audience, reasons: reasons, barred: barred, picture: picture,
                at: clock.now().toTheHour, keys: keys)
            return try await store(
                entry, actor: .reporter, registeredBy: nil, picture: picture, mark: nil, announcement: announcement)
        }
    }

    /// Registers what came by letter, visit, telephone or another way. A matter of a higher organ is refused with
    /// `.handUp`, and nothing is stored but the tombstone that its maker and the superior may see (I-2).
    package func register(_ filing: Filing, by viewer: Viewer) async throws -> Filed {
        try await register(filing, by: viewer, as: nil)
    }

    func register(_ filing: Filing, by viewer: Viewer, as sent: SentForm?) async throws -> Filed {
        try check(filing)
        return try await retryingStale { try await registerStep(filing, by: viewer, as: sent) }
    }

    private func registerStep(_ filing: Filing, by viewer: Viewer, as sent: SentForm?) async throws -> Filed {
        let picture = try await picture()
        guard let organ = picture.world.organs[viewer.organ],
            let desk = picture.world.office(.letters, of: organ.id),
            picture.world.places(of: viewer.staff).contains(where: {
                $0.office == desk.id && $0.admitted && [.director, .registrar, .triage].contains($0.role)
            })
        else { throw CasefileError.notYourAct }
        let decision = Jurisdiction.decide(
            organ: organ.code, place: filing.letter.place, reported: filing.letter.reported,
            hasReporter: filing.reporter != nil, in: picture.world)
        guard case .receive(let receiver, let audience, let reasons, let barred) = decision, receiver == organ.id
        else {
            let superior: OrganID?
            if case .receive(let id, _, _, _) = decision { superior = id } else { superior = nil }
            try await leaveTombstone(viewer, superior: superior, as: sent)
            // Scans came before the form; of this matter nothing stays, not even sealed.
            try await discard(filing.files)
            throw CasefileError.handUp
        }
        // Whoever is named, or is kin of who is, does not get the receipt of the report either.
        guard barred[viewer.staff] == nil else { throw CasefileError.notYourAct }
        guard filing.files.allSatisfy({ files.has($0.stored) }) else {
            throw CasefileError.invalid([FieldFault("files", "scanGone")])
        }
        let entry = try NewReport(
            filing, organ: organ.id, audience: audience, reasons: reasons, barred: barred, picture: picture,
            at: clock.now(), keys: keys)
        return try await store(
            entry, actor: .staff(viewer.staff), registeredBy: viewer.staff, picture: picture, mark: nil)
    }

    /// Files one imported message; `nil` when its mark is known already. Rank unknown: the director alone. Nobody sorted
    /// out whom it is about, so whoever of the organ its words name counts as reported (I-1, I-3).
    package func fileImported(_ filing: Filing, mark: [UInt8]) async throws -> Filed? {
        try check(filing)
        return try await retryingStale { try await importOnce(filing, mark: mark) }
    }

    private func importOnce(_ filing: Filing, mark: [UInt8]) async throws -> Filed? {
        let picture = try await picture()
        let named = filing.organ.flatMap { picture.world.organ(code: $0) }.map { organ in
            Jurisdiction.own(of: organ, namedIn: [filing.letter.title, filing.letter.content], in: picture.world)
        }
        func decide(_ reported: [ReportedParty]) -> Jurisdiction {
            Jurisdiction.decide(
                organ: filing.organ, place: filing.letter.place, reported: reported, in: picture.world)
        }
        let reported = filing.letter.reported
        var decision = decide(reported + (named ?? []))
        // Above the highest organ nobody is here: a name that stands in the words bars whoever bears it, no more.
        if case .receive = decision {} else { decision = decide(reported) }
        guard case .receive(let organ, let audience, let reasons, var barred) = decision else {
            throw CasefileError.invalid([FieldFault("organ", "unknown")])
        }
        barred.merge(Jurisdiction.barred(by: named ?? [], in: picture.world)) { first, _ in first }
        let entry = try NewReport(
            filing, organ: organ, audience: audience, reasons: reasons, barred: barred, picture: picture,
            at: clock.now(), keys: keys)
        do {
            return try await store(
                entry, actor: .imported(by: nil), registeredBy: nil, picture: picture, mark: mark)
        } catch DatabaseError.constraint(.unique, _) {
            return nil
        }
    }

    private func check(_ filing: Filing) throws {
        let letter = filing.letter
        var faults: [FieldFault] = []
        func text(_ field: String, _ value: String, _ limit: Int, required: Bool = false) {
            if required, value.allSatisfy(\.isWhitespace) { faults.append(FieldFault(field, "required")) }
            // Characters may carry any number of marks: bytes are bounded too.
            if value.utf8.count > limit * 4 || value.count > limit { faults.append(FieldFault(field, "tooLong")) }
            if value.utf8.contains(0) { faults.append(FieldFault(field, "text")) }
        }
        text("title", letter.title, FilingLimits.title, required: true)
        text("content", letter.content, FilingLimits.content, required: true)
        text("demand", letter.demand ?? "", FilingLimits.content)
        text("happened", letter.happened, FilingLimits.short)
        text("location", letter.location, FilingLimits.short)
        let marks = Set(workflow.vocabularies["sensitivity"]?.map(\.value) ?? [])
        if Set(filing.marks).count != filing.marks.count || filing.marks.contains(where: { !marks.contains($0) }) {
            faults.append(FieldFault("marks", "choice"))
        }
        if letter.reported.count > FilingLimits.parties { faults.append(FieldFault("reported", "tooMany")) }
        for (index, party) in letter.reported.enumerated() {
            text("reported.\(index).name", party.name, FilingLimits.short)
            text("reported.\(index).unit", party.unit, FilingLimits.short)
            text("reported.\(index).position", party.position, FilingLimits.short)
            if party.name.allSatisfy(\.isWhitespace), party.unit.allSatisfy(\.isWhitespace) {
                faults.append(FieldFault("reported.\(index).name", "required"))
            }
            if let code = party.unitCode, !code.isEmpty, (try? CreditCode(validating: code)) == nil {
                faults.append(FieldFault("reported.\(index).unitCode", "creditCode"))
            }
        }
        if let place = letter.place, regions.name(of: place) == nil { faults.append(FieldFault("place", "region")) }
        if let reporter = filing.reporter {
            text("reporter.name", reporter.name, FilingLimits.short, required: true)
            for (field, value) in [
                ("phone", reporter.phone), ("email", reporter.email), ("address", reporter.address),
                ("safeContact", reporter.safeContact), ("others", reporter.others),
            ] { text("reporter.\(field)", value, FilingLimits.content) }
            if !reporter.phone.isEmpty, (try? PhoneNumber(validating: reporter.phone)) == nil {
                faults.append(FieldFault("reporter.phone", "phone"))
            }
            if !reporter.residentID.isEmpty, (try? ResidentID(validating: reporter.residentID)) == nil {
                faults.append(FieldFault("reporter.residentID", "residentID"))
            }
        }
        if !faults.isEmpty { throw CasefileError.invalid(faults) }
    }
}
