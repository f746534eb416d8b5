import Site

/// Why a field of an organ, an office or a person was refused. The raw value is what an import prints, and the key of
/// the sentence under `administration.faults`.
package enum DirectoryFault: String, Error, Sendable, Codable, CaseIterable {
    /// Nothing stands there.
    case required
    /// More than the field holds.
    case tooLong = "too-long"
    /// A line break or an invisible character.
    case text
    /// Not 1 to 32 letters, digits, dots, hyphens or underscores.
    case code
    /// Another organ, or another office of this organ, has this code.
    case codeTaken = "code-taken"
    /// The same code or user name stands on an earlier line of the file.
    case repeated
    /// No level of this name.
    case level
    /// An organ of this level does not stand below its superior's.
    case levelBelow = "level-below"
    /// A dispatched team needs the unit it is attached to; no other organ has one.
    case attachedUnit = "attached-unit"
    /// Only a dispatched team has a delegated range, and never more than its superior's own.
    case delegated
    /// No organ here has the superior's code.
    case parentUnknown = "parent-unknown"
    /// The superiors lead back to the organ itself.
    case cycle
    /// There is a root organ already.
    case secondRoot = "second-root"
    /// Not 6, 9 or 12 digits of a place.
    case region
    /// No kind of office of this name.
    case kind
    /// An organ has one office of this kind.
    case kindTaken = "kind-taken"
    /// Set once: level, superior, place, kind of office, a person's organ.
    case fixed
    /// No organ here has this code, or it is not this administrator's.
    case organUnknown = "organ-unknown"
    /// Not 2 to 32 of a–z, 0–9, dot, hyphen, underscore.
    case username
    /// Somebody has this user name.
    case usernameTaken = "username-taken"
    /// Not `office-code:role`, or no role of this name.
    case role
    /// No office of this code in the person's organ.
    case officeUnknown = "office-unknown"
    /// A role that an office of this kind does not have.
    case roleOffice = "role-office"
    /// Not `name:relation`.
    case kin
    /// A password that the policy refuses.
    case password
    /// An administrator may not be the first member of an office, for then nobody would let them in.
    case selfFirst = "self-first"
    /// An administrator may not take their own administration away, nor deactivate themselves.
    case `self`
    /// The last one who holds the office's key: what it holds would be closed for everyone.
    case lastHolder = "last-holder"
    /// This person alone can open reports of the office.
    case opensAlone = "opens-alone"
    /// The person is deactivated.
    case inactive
}

/// One field at fault and why.
struct DirectoryProblem: Sendable, Hashable {
    let field: String
    let fault: DirectoryFault

    var fieldError: FieldError { FieldError(field, "administration.faults.\(fault.rawValue)") }
}

/// What stands in a form or on a line and cannot be taken, in the order of its fields.
struct DirectoryError: Error, Hashable {
    var problems: [DirectoryProblem]

    init(_ problems: [DirectoryProblem]) { self.problems = problems }
    init(_ field: String, _ fault: DirectoryFault) { problems = [DirectoryProblem(field: field, fault: fault)] }
}

extension DirectoryError: SiteErrorConvertible {
    var siteError: SiteError { .invalid(problems.map(\.fieldError)) }
}
