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

    package func open(_ scan: StagedFile) throws -> OpenedFile {
        OpenedFile(
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
