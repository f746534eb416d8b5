package import Casefile
package import Hummingbird
package import Site

/// A form that came with files: its plain fields, and the files that were not kept.
package struct UploadedForm: Sendable {
    /// A file that was not kept, by the name that it came with, and why.
    package struct Refused: Sendable {
        package var file: String
        package var why: CasefileError
    }

    package var fields: Form
    package var refused: [Refused]

    /// What is wrong with the field `files`; the words name each file.
    package var faults: [FieldError] { refused.map { FileRefusal($0.why).fault(of: $0.file) } }

    /// Streams every file of a posted form to the disk, sealed, and hands each that is whole to `keep`. The form's token
    /// stands first and is checked before anything is kept. One file that is refused stops no other; a cut connection
    /// leaves the files before it, and nothing of the one it cut.
    ///
    /// - Parameters:
    ///   - fieldLimit: the most bytes of one plain field.
    ///   - begin: comes before each file with the fields so far, and may throw.
    ///   - keep: what throws ``CasefileError`` refuses this file alone.
    /// - Throws: 403 without the token, 415 for another media type, what the limits, `begin` and `keep` throw.
    package static func receive(
        _ request: Request, _ context: SiteContext, into casefile: Casefile, fieldLimit: Int = 64 * 1024,
        begin: (Form) async throws -> Void = { _ in }, keep: (StagedFile) async throws -> Void
    ) async throws -> UploadedForm {
        let most = Int(EvidenceLimits.bytes) * EvidenceLimits.files + (4 << 20)
        var parts = try MultipartReader(request, limits: .upload(maximumSize: most), maximumParts: 300)
        var isChecked = false
        var pairs: [(name: String, value: String)] = []
        var refused: [Refused] = []
        while let part = try await parts.next() {
            guard let name = part.fileName else {
                let text = try await parts.text(limit: fieldLimit)
                if part.name == "csrf" {
                    try context.check(token: text)
                    isChecked = true
                }
                pairs.append((part.name, text))
                continue
            }
            guard isChecked else { throw SiteError.forbidden(type: "form-token", "errors.token") }
            guard !name.isEmpty else { continue }
            try await begin(Form(pairs))
            do {
                let reception = try casefile.files.receive(name: name)
                let staged: StagedFile
                do {
                    while let bytes = try await parts.bytes() { try reception.append(bytes) }
                    staged = try reception.finish()
                } catch {
                    reception.abandon()
                    throw error
                }
                try await keep(staged)
            } catch let error as CasefileError {
                refused.append(Refused(file: name, why: error))
            }
        }
        guard isChecked else { throw SiteError.forbidden(type: "form-token", "errors.token") }
        return UploadedForm(fields: Form(pairs), refused: refused)
    }
}
