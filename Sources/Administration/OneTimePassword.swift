/// A password that is typed once: seven groups of four from letters and digits that are not mistaken for each other,
/// about 138 bits (OWASP ASVS 5.0, 11.5.1 asks for 128).
package enum OneTimePassword {
    private static let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")

    /// A fresh one, from the system's generator.
    package static func make() -> String {
        (0..<7).map { _ in String((0..<4).compactMap { _ in letters.randomElement() }) }.joined(separator: "-")
    }
}
