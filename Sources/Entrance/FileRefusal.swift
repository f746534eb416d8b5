package import Casefile
package import Site

/// Why a file was not kept.
package enum FileRefusal: String, Sendable {
    case type, exists, other
    case tooLarge = "too-large"
    case tooMany = "too-many"
    case notNow = "not-now"

    package init(_ error: CasefileError) {
        self =
            switch error {
            case .fileTooLarge: .tooLarge
            case .fileType: .type
            case .fileExists: .exists
            case .tooManyFiles: .tooMany
            case .notNow: .notNow
            default: .other
            }
    }

    /// The fault of a form's field `files`; the words name the file.
    package func fault(of file: String) -> FieldError {
        FieldError("files", "uploads.refused.\(rawValue)", ["file": file])
    }
}
