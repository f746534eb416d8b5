package import Casework
import Database
import Foundation
import Kernel
package import Sealing

/// A file ready to be streamed to somebody entitled.
package struct OpenedFile: Sendable {
    package var file: FileView
    package var reader: SealedFileReader
}

/// A file whose descriptor is open before us.
struct LocatedFile: Sendable {
    var open: OpenReport
    var view: FileView
    var staged: StagedFile
    /// The key of the report that the descriptor is sealed under.
    var key: HeldKey
    /// As it stands in the open beside the file.
    var commitment: String?
}

extension Casefile {
    /// Attaches a file that arrived by receipt. Throws `.fileExists` for a name that is there already. New evidence is a
    /// new lead: what was shelved goes on with it (暂存待查).
    package func attach(_ staged: StagedFile, from holder: ReceiptHolder) async throws {
        try await retryingStale {
            let open = try await openForAttaching(holder)
            let at = clock.now().toTheHour
            try await attach(staged, to: open, under: .letter, act: "reporter-file", viewer: nil, at: at)
        }
    }

    /// Attaches a scan or another paper on behalf of the office. At the receiving desk it goes with the letter, to
    /// whichever organ that goes; in handling it is an internal paper of the organ.
    package func attach(_ staged: StagedFile, to id: ReportID, by viewer: Viewer) async throws {
        try await retryingStale {
            let open = try await openForAttaching(id, viewer)
            let custody = open.stored.standing.custody
            let atDesk = custody.map { $0.office == $0.intakeOffice } ?? false
            let use = atDesk ? .letter : OpenReport.Use(kind: "case", custody: custody?.index)
            try await attach(staged, to: open, under: use, act: "attach", viewer: viewer, at: clock.now())
        }
    }

    /// Asks whether the holder of a receipt may add a file now, before a byte of it is received.
    package func mayAttach(_ holder: ReceiptHolder) async throws { _ = try await openForAttaching(holder) }

    /// Asks whether this viewer may add a file to this report now, before a byte of it is received.
    package func mayAttach(to id: ReportID, by viewer: Viewer) async throws {
        _ = try await openForAttaching(id, viewer)
    }

    private func openForAttaching(_ holder: ReceiptHolder) async throws -> OpenReport {
        let casefile = self
        let open = try await database.read { tx in try OpenReport.load(tx, for: holder, casefile: casefile) }
        guard open.workflow.stages[open.stored.standing.stage]?.phase != .end else { throw CasefileError.notNow }
        return open
    }

    private func openForAttaching(_ id: ReportID, _ viewer: Viewer) async throws -> OpenReport {
        let casefile = self
        let open = try await refusingTheNamed(id, viewer) {
            try await database.read { tx in
                let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                try open.refuseTheNamed(viewer, letter: try open.letter(tx))
                return open
            }
        }
        guard open.reach.papers else { throw CasefileError.notYourAct }
        guard open.workflow.stages[open.stored.standing.stage]?.phase != .end else { throw CasefileError.notNow }
        return open
    }

    private func attach(
        _ staged: StagedFile, to open: OpenReport, under use: OpenReport.Use, act: String,
        viewer: Viewer?, at: Instant
    ) async throws {
        let author = viewer == nil ? "reporter" : "office"
        // A reporter learns nothing of the office's papers, not even that a name is taken.
        let present = try await database.read { tx in try self.fileViews(open, tx) }
            .filter { author == "office" || $0.author == author }
        if present.contains(where: { $0.name == staged.name }) { throw CasefileError.fileExists }
        if present.filter({ $0.author == author }).count >= EvidenceLimits.files { throw CasefileError.tooManyFiles }
        let stage = (viewer == nil ? open.stageAfterEvidence : nil) ?? open.stored.standing.stage
        var change = ActChange(
            act: PossibleAct(rule: .unruled(act), to: stage), open: open, letter: nil, viewer: viewer, at: at)
        guard let key = change.open.present(use) else { throw CasefileError.keyMissing }
        change.files = [try NewFile(staged, under: key, report: open.stored.id, author: author, day: at.day)]
        if viewer == nil { change.markNews() }
        try await commit([change])
    }

    /// Opens the original of a file for a viewer, by the file's name or its id, and counts it.
    package func file(named name: String, of id: ReportID, for viewer: Viewer) async throws -> OpenedFile {
        let located = try await locate(name, of: id, for: viewer)
        let reader = try files.reader(located.staged)
        _ = try await count(.original, of: located, by: viewer)
        return OpenedFile(file: located.view, reader: reader)
    }

    /// A file of a report that this viewer may read; `.notFound` for any other.
    func locate(_ name: String, of id: ReportID, for viewer: Viewer) async throws -> LocatedFile {
        let casefile = self
        let files = try await refusingTheNamed(id, viewer) {
            try await database.read { tx in
                let open = try OpenReport.load(tx, id, for: viewer, casefile: casefile)
                try open.refuseTheNamed(viewer, letter: try open.letter(tx))
                guard open.reach.letter else { throw CasefileError.notFound }
                return try casefile.located(open, tx)
            }
        }
        guard let found = (files.first { $0.view.id == name } ?? files.first { $0.view.name == name }) else {
            throw CasefileError.notFound
        }
        return found
    }

    func fileViews(_ open: OpenReport, _ tx: any Transaction) throws -> [FileView] {
        try located(open, tx).map(\.view)
    }

    func located(_ open: OpenReport, _ tx: any Transaction) throws -> [LocatedFile] {
        try tx.rows(
            """
            SELECT id, stored, key_id, author, day, commitment, envelope FROM file
            WHERE report_id = \(open.stored.id) ORDER BY day, id
            """
        ).compactMap { row in
            guard let key = open.key(try row.get("key_id")) else { return nil }
            let stored: String = try row.get("stored")
            let plain = try Envelope.open(
                try row.get("envelope"), under: key.secret, binding: .descriptor(open.stored.id, stored))
            let staged = try JSONDecoder().decode(StagedFile.self, from: Data(plain))
            let view = FileView(
                id: try row.get("id"), name: staged.name, type: staged.type, size: staged.size,
                author: try row.get("author"), day: try row.get("day"))
            return LocatedFile(
                open: open, view: view, staged: staged, key: key, commitment: try row.maybe("commitment"))
        }
    }

    /// Times on disk tell the day only, so that a day more has to pass.
    private static var sweepSeconds: Double { 172_800 }

    /// Removes sealed files that no row names: uploads and drafts that never became a report. Called at start.
    package func sweepFiles(keeping drafts: Set<String>) async throws {
        try await sweepCopies()
        try await sweepUploads()
        let known = try await database.read { tx in
            Set(
                try tx.rows(
                    """
                    SELECT stored FROM file UNION ALL SELECT stored FROM evidence_segment
                    UNION ALL SELECT stored FROM evidence_copy WHERE stored IS NOT NULL
                    """
                ).map { try $0.get("stored", as: String.self) })
        }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: files.folder)) ?? []
        where !known.contains(name) && !drafts.contains(name) {
            let path = "\(files.folder)/\(name)"
            let age = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            if let age, age.timeIntervalSinceNow < -Self.sweepSeconds {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        try await sweepScanLooks(olderThan: Self.sweepSeconds)
    }
}
