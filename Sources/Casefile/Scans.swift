import Casework
import Database
import Foundation
import Kernel
import Sealing

extension Casefile {
    /// A scan that was uploaded before its report is registered, as a text that only this member of staff, on this
    /// installation, can turn back into the file: it travels in the form and is stored nowhere.
    package func ticket(for scan: StagedFile, of viewer: Viewer) throws -> String {
        let sealed = try Envelope.seal(
            Array(JSONText.encode(scan).utf8), under: keys.drafts, keyID: .random(), binding: .scan(viewer.staff))
        return Base64URL.encode(sealed)
    }

    /// The scan behind a ticket; `nil` for a ticket of somebody else, or none.
    package func scan(_ ticket: String, of viewer: Viewer) -> StagedFile? {
        guard let sealed = Base64URL.decode(ticket),
            let plain = try? Envelope.open(sealed, under: keys.drafts, binding: .scan(viewer.staff))
        else { return nil }
        return try? JSONDecoder().decode(StagedFile.self, from: Data(plain))
    }

    /// Which of these scans stand with a report that was registered since.
    func registered(_ scans: [StagedFile]) async throws -> Set<String> {
        guard !scans.isEmpty else { return [] }
        let names = scans.map(\.stored)
        // With the writers: what is being registered is waited for.
        return try await database.write { tx in
            Set(try tx.rows("SELECT stored FROM file WHERE stored IN \(list: names)").map { try $0.get("stored") })
        }
    }

    /// Throws scans away. What a report has by now stays, whatever old form still names it.
    package func discard(_ scans: [StagedFile]) async throws {
        let kept = try await registered(scans)
        let gone = scans.map(\.stored).filter { !kept.contains($0) }
        for stored in gone { files.remove(stored) }
        try await forgetScanLooks(at: gone)
    }

    /// Whether a scan is still kept: one that was taken out of its form is not.
    package func isKept(_ scan: StagedFile) -> Bool { files.has(scan.stored) }

    /// Throws `.notFound` for a scan that was thrown away since.
    func open(_ scan: StagedFile) throws -> OpenedFile {
        guard isKept(scan) else { throw CasefileError.notFound }
        return OpenedFile(
            file: FileView(
                id: "", name: scan.name, type: scan.type, size: scan.size, author: "office", day: clock.now().day),
            reader: try files.reader(scan))
    }
}

extension Binding {
    fileprivate static func scan(_ staff: StaffID) -> Binding {
        Binding(report: staff.description, field: "scan", purpose: "before registration")
    }
}
