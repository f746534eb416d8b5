package import Casework
import Database
import Foundation
import Kernel
import Sealing

/// What a viewer is shown of a file.
package struct ShownEvidence: Sendable {
    package enum State: Sendable {
        /// The clean copy is being made; ask again.
        case making
        /// So many pictures, one after the other.
        case pictures(Int, note: String?)
        case text(String, note: String?)
        /// Nothing to look at; a clean copy to take away.
        case file(size: Int, name: String, note: String?)
        /// Never shown, and why; the malware by its name, where that is why.
        case refused(String, found: String?)
        /// Not shown now.
        case unavailable(EvidenceCleaner.Failure)
    }
    package var file: FileView
    package var state: State
    /// `nil` where nothing was shown.
    package var mark: ViewMark?
    package var sha256: String
    package var commitment: String?
    /// What opens the commitment.
    package var salt: String?
    package var looks: [EvidenceLook]
}

extension Casefile {
    /// Shows a file: its clean copy, made now where there is none. What is shown is counted, and nothing else is.
    package func evidence(_ name: String, of id: ReportID, for viewer: Viewer) async throws -> ShownEvidence {
        let located = try await locate(name, of: id, for: viewer)
        let state = try await state(of: located)
        let mark: ViewMark? =
            switch state {
            case .pictures, .text: try await count(.shown, of: located, by: viewer)
            default: nil
            }
        let casefile = self
        let looks = try await database.read { tx in try casefile.looks(located.open, for: viewer, tx) }
        return ShownEvidence(
            file: located.view, state: state, mark: mark, sha256: located.staged.sha256,
            commitment: located.commitment, salt: located.staged.salt,
            looks: looks.filter { $0.file == located.view.id })
    }

    private func state(of located: LocatedFile) async throws -> ShownEvidence.State {
        var copy = try await copy(CopyPlace(file: located.view.id), of: located)
        if copy == nil {
            let casefile = self
            do {
                let isDone = try await copyJobs.ask(
                    located.view.id, patience: .seconds(cleaner.patienceSeconds)
                ) { try await casefile.makeCopy(of: located) }
                guard isDone else { return .making }
            } catch let failure as EvidenceCleaner.Failure {
                return .unavailable(failure)
            } catch is CancellationError {
                return .making
            }
            copy = try await self.copy(CopyPlace(file: located.view.id), of: located)
        }
        guard let copy else { return .making }
        if let why = copy.refused { return .refused(why, found: copy.found) }
        switch copy.shown {
        case .pictures: return .pictures(copy.lengths.count, note: copy.note)
        case .text: return .text(String(decoding: try copy.part(1, in: files), as: UTF8.self), note: copy.note)
        case .file:
            let base = located.view.name.split(separator: ".").dropLast().joined(separator: ".")
            return .file(
                size: copy.lengths.reduce(0, +), name: (base.isEmpty ? "file" : base) + "." + copy.ending,
                note: copy.note)
        case nil: return .refused("kind", found: nil)
        }
    }

    /// Checks the original, has it looked through and cleaned, and seals what came of it.
    private func makeCopy(of located: LocatedFile) async throws {
        let reader = try files.reader(located.staged)
        guard Hex.encode(try reader.sha256()) == located.staged.sha256,
            located.commitment == located.staged.commitment
        else { throw EvidenceCleaner.Failure.changed }
        let source: EvidenceSource = { take in try reader.forEachChunk(take) }
        let place = CopyPlace(file: located.view.id)
        if let scan = cleaner.scan, let found = try await scan(source) {
            try await keep(SealedCopy(refused: "infected", found: found), parts: [], as: place, of: located)
            return
        }
        switch try await cleaner.clean(located.view.type, located.view.name, source) {
        case .refused(let why): try await keep(SealedCopy(refused: why), parts: [], as: place, of: located)
        case .clean(let shown, let parts, let ending, let note):
            try await keep(SealedCopy(shown: shown, note: note, ending: ending), parts: parts, as: place, of: located)
        }
    }

    /// One picture of a clean copy, counted from 1, with this viewer's mark burned in. `.notFound` unless the viewer was
    /// shown the file a short while ago: a picture is never seen uncounted.
    package func picture(
        _ number: Int, of name: String, in id: ReportID, for viewer: Viewer
    ) async throws -> [UInt8] {
        let located = try await locate(name, of: id, for: viewer)
        guard let mark = try await mark(of: located, for: viewer),
            let copy = try await copy(CopyPlace(file: located.view.id), of: located), copy.shown == .pictures,
            number >= 1, number <= copy.lengths.count
        else { throw CasefileError.notFound }
        let place = CopyPlace(file: located.view.id, viewer: viewer.staff.description, part: number)
        if let marked = try await self.copy(place, of: located, since: mark.at), marked.mark == mark.id {
            return try marked.part(1, in: files)
        }
        let picture = try await cleaner.mark(try copy.part(number, in: files), mark.lines)
        try await keep(SealedCopy(shown: .pictures, mark: mark.id), parts: [picture], as: place, of: located)
        return picture
    }

    /// The clean copy of a document or recording, to take away with this viewer's mark in it; counted.
    package func cleanCopy(
        of name: String, in id: ReportID, for viewer: Viewer
    ) async throws -> (name: String, bytes: [UInt8]) {
        let located = try await locate(name, of: id, for: viewer)
        guard case .file = try await state(of: located),
            let copy = try await copy(CopyPlace(file: located.view.id), of: located)
        else { throw CasefileError.notFound }
        let mark = newMark(at: clock.now(), for: viewer, in: located.open.picture.world)
        let marked = try await cleaner.stamp(try copy.part(1, in: files), copy.ending, mark.lines)
        try await count(.copy, of: located, by: viewer, under: mark)
        return (located.view.neutralName(ending: marked.ending), marked.bytes)
    }
}
