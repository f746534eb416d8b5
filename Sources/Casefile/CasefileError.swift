package import Kernel

/// One field at fault and why, as a key of the text catalogue.
package struct FieldFault: Sendable, Hashable {
    package var field: String
    /// `required`, `choice`, `number`, `tooLong`, `date`, `nameMissing`, `phone`, `residentID`, `creditCode`, …
    package var reason: String

    package init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }
}

/// What the one door answers instead of a result.
package enum CasefileError: Error, Sendable, Equatable {
    /// Not there, or not for this viewer: the two are told apart by nobody.
    case notFound
    /// Readable, but not this person's act.
    case notYourAct
    /// This person's act, but not at this stage, or somebody was faster.
    case notNow
    case invalid([FieldFault])
    /// The matter stands above the highest organ here; nothing was stored.
    case aboveThisPlatform
    /// The matter is a higher organ's; nothing was stored here but the tombstone.
    case handUp
    /// The organ that would receive has no one who could open a report yet.
    case nobodyHome(organ: String)
    /// This person alone opens reports of the office that they would leave.
    case opensAlone
    /// The viewer's office has not let them in yet, or the key does not open.
    case keyMissing
    case fileExists
    case fileTooLarge
    case fileType
    case tooManyFiles
    /// The report was destroyed on that day, under a rule of this name in the retention rules.
    /// Without a rule: it was handed to an organ above this platform.
    case destroyed(on: Day, rule: String)
}

extension CasefileError {
    /// Whether single fields are at fault.
    package var namesFields: Bool { if case .invalid = self { true } else { false } }
}
