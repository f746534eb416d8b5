package import Casefile
import Casework
package import Database
import Kernel
package import Site

extension CasefileError: SiteErrorConvertible {
    /// One place where the door's answers become pages and problems.
    package var siteError: SiteError {
        switch self {
        case .notFound: .notFound
        case .notYourAct: .forbidden(type: "not-your-act", "entrance.errors.not-your-act")
        case .notNow: .conflict(type: "not-now", "entrance.errors.not-now")
        case .invalid(let faults):
            .invalid(faults.map { FieldError($0.field, "entrance.faults.\($0.reason)") })
        case .aboveThisPlatform:
            .invalid(
                [FieldError("reported", "entrance.errors.above-this-platform")], type: "above-this-platform",
                "entrance.errors.above-this-platform")
        case .handUp: .conflict(type: "hand-up", "entrance.errors.hand-up")
        case .nobodyHome: .conflict(type: "nobody-home", "entrance.errors.nobody-home")
        case .opensAlone: .conflict(type: "opens-alone", "entrance.errors.opens-alone")
        case .keyMissing: .forbidden(type: "key-missing", "entrance.errors.key-missing")
        case .fileExists: .conflict(type: "file-exists", "entrance.errors.file-exists")
        case .fileTooLarge: .tooLarge("entrance.errors.file-too-large", ["megabytes": "50"])
        case .fileType: .unsupportedMedia("entrance.errors.file-type")
        case .tooManyFiles: .conflict(type: "too-many-files", "entrance.errors.too-many-files")
        case .destroyed(let day, let rule): Self.destroyed(on: day, rule: rule)
        }
    }

    private static func destroyed(on day: Day, rule name: String) -> SiteError {
        if name.isEmpty { return .conflict(type: "handed-above", "entrance.errors.handed-above", ["day": day.text]) }
        let label = (try? RetentionRules.shipped())?.rule(name)?.label
        var error = SiteError.conflict(type: "destroyed", "entrance.errors.destroyed", ["day": day.text])
        error.ownWords = [.zhHans: ["rule": label?.zh ?? name], .en: ["rule": label?.en ?? name]]
        return error
    }
}

extension DatabaseError: SiteErrorConvertible {
    /// What was sent twice, and what cannot be reached, are told apart from faults of the program.
    package var siteError: SiteError {
        switch self {
        case .constraint(.unique, _): .conflict(type: "already-there", "entrance.errors.already-there")
        case .busy, .unavailable, .closed: .unavailable
        default: .plainFault
        }
    }
}
