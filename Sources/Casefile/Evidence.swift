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

extension Casefile {
    /// Attaches a file that arrived by receipt. Throws `.fileExists` for a name that is there already.
    package func attach(_ staged: StagedFile, from holder: ReceiptHolder) async throws {
        let casefile = self
        let open = try await database.read { tx in try OpenReport.load(tx, for: holder, casefile: casefile) }
        guard workflow.stages[open.stored.standing.stage]?.phase != .end else { throw CasefileError.notNow }
        try await attach(
            staged, to: open, act: "reporter-file", viewer: nil, author: "reporter", at: clock.now().toTheHour)
    }

    /// Attaches a scan or another paper on behalf of the office.
    package func attach(_ staged: StagedFile, to id: ReportID, by viewer: Viewer) async throws {
        let casefile = self
        let open = try await database.read { tx in
            try OpenReport.load(tx, id, for: viewer, casefile: casefile)
        }
        guard open.reach.papers else { throw CasefileError.notYourAct }
        guard workflow.stages[open.stored.standing.stage]?.phase != .end else { throw CasefileError.notNow }
        try await attach(staged, to: open, act: "attach", viewer: viewer, author: "office", at: clock.now())
    }

    private func attach(
        _ staged: StagedFile, to open: OpenReport, act: String, viewer: Viewer?, author: String, at: Instant
    ) async throws {
        guard let key = open.letterKey else { throw CasefileError.keyMissing }
        let present = try await database.read { tx in try self.fileViews(open, tx) }
        if present.contains(where: { $0.name == staged.name }) { throw CasefileError.fileExists }
        if present.count >= EvidenceLimits.files { throw CasefileError.tooManyFiles }
        var change = ActChange(
            act: PossibleAct(rule: .unruled(act), to: open.stored.standing.stage), open: open, letter: nil,
            viewer: viewer, at: at)
        change.files = [try NewFile(staged, under: key, report: open.stored.id, author: author, day: at.day)]
        try await commit(change)
    }

    /// Opens a file of a report for a viewer, by its name or its id.
    package func file(named name: String, of id: ReportID, for viewer: Viewer) async throws -> OpenedFile {
        let casefile = self
        let open = try await database.read { tx in
            try OpenReport.load(tx, id, for: viewer, casefile: casefile)
        }
        guard open.reach.letter else { throw CasefileError.notFound }
        return try await opened(name, open)
    }

    private func opened(_ name: String, _ open: OpenReport) async throws -> OpenedFile {
        let files = try await database.read { tx in try self.descriptors(open, tx) }
        guard let found = files.first(where: { $0.view.name == name || $0.view.id == name }) else {
            throw CasefileError.notFound
        }
        return OpenedFile(file: found.view, reader: try self.files.reader(found.staged))
    }

    func fileViews(_ open: OpenReport, _ tx: any Transaction) throws -> [FileView] {
        try descriptors(open, tx).map(\.view)
    }

    private func descriptors(
        _ open: OpenReport, _ tx: any Transaction
    ) throws -> [(view: FileView, staged: StagedFile)] {
        try tx.rows(
            "SELECT id, stored, key_id, author, day, envelope FROM file WHERE report_id = \(open.stored.id) ORDER BY day, id"
        ).compactMap { row in
            guard let key = open.key(try row.get("key_id")) else { return nil }
            let stored: String = try row.get("stored")
            let plain = try Envelope.open(
                try row.get("envelope"), under: key.secret, binding: .descriptor(open.stored.id, stored))
            let staged = try JSONDecoder().decode(StagedFile.self, from: Data(plain))
            let view = FileView(
                id: try row.get("id"), name: staged.name, type: staged.type, size: staged.size,
                author: try row.get("author"), day: try row.get("day"))
            return (view, staged)
        }
    }

    /// Removes sealed files that no row names: uploads and drafts that never became a report. Called at start.
    package func sweepFiles(keeping drafts: Set<String>) async throws {
        let known = try await database.read { tx in
            Set(try tx.rows("SELECT stored FROM file").map { try $0.get("stored", as: String.self) })
        }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: files.folder)) ?? []
        where !known.contains(name) && !drafts.contains(name) {
            let path = "\(files.folder)/\(name)"
            let age = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            if let age, age.timeIntervalSinceNow < -86_400 { try? FileManager.default.removeItem(atPath: path) }
        }
    }
}
