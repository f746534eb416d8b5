/// A password that is typed once: five groups of four from letters and digits that are not mistaken for each other,
/// about 99 bits.
package enum OneTimePassword {
    private static let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")

    /// A fresh one, from the system's generator.
    package static func make() -> String {
        (0..<5).map { _ in String((0..<4).compactMap { _ in letters.randomElement() }) }.joined(separator: "-")
    }
}
