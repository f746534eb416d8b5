/// Why something could not be sealed or opened. No case carries plain text or key bytes.
package enum SealingError: Error, Equatable, Sendable {
    /// The bytes were altered, cut, extended or moved, or they were sealed under another key or binding:
    /// an authenticated cipher cannot tell these apart.
    case tampered
    /// The first byte names no format, or a later version, that this program knows.
    case unknownVersion(UInt8)
    /// The second byte names no algorithm that this program knows.
    case unknownAlgorithm(UInt8)
    /// A wrap was made to another key (or altered), or the password is another one.
    case wrongKey
    /// The bytes are too short or inconsistent, or a value given is not one that can be sealed with.
    case malformed
    /// More was given than the format can hold.
    case tooLarge
    /// A password that the policy refuses.
    case weakPassword(PasswordPolicy.Weakness)
    /// The password work factors are outside of what this program will spend.
    case unacceptableCost
    /// So many passwords wait already that this one was turned away; nothing was done, trying again later is right.
    case busy
    /// The writer was finished, abandoned, or failed before.
    case closed
    /// The operating system refused; `code` is `errno`.
    case system(operation: String, path: String, code: Int32)
}
