import Kernel

/// The passwords that people choose most, and what they make of them when twelve characters are asked for.
enum CommonPasswords {
    private static let loaded = Result {
        Set(
            try ShippedFile.text("common-passwords.txt", of: "Sealing").split(separator: "\n")
                .filter { !$0.hasPrefix("#") }.map { $0.lowercased() })
    }
    /// The most characters of one of the list.
    private static let longest = 40

    /// The fewest characters of one that counts where two stand together.
    private static let shortest = 4
    /// So many digits and signs before or behind hide nothing.
    private static let trimmed = 5

    /// Whether a password, in small letters, is one of the list, or two of them one after the other; with up to five digits
    /// and signs before or behind. Three and more are a sentence, and nobody tries those first.
    /// Throws where the list cannot be read: nothing is chosen then.
    static func contain(_ password: [Character]) throws -> Bool {
        let listed = try loaded.get()
        guard password.count <= 2 * (longest + trimmed) else { return false }
        let (leading, trailing) = (signs(password), signs(password.reversed()))
        for front in 0...leading {
            for back in 0...trailing where front + back < password.count {
                if isMade(password[front..<password.count - back], of: listed) { return true }
            }
        }
        return false
    }

    /// How many characters at the beginning are no letters, up to ``trimmed``.
    private static func signs(_ characters: some Sequence<Character>) -> Int {
        var count = 0
        for character in characters {
            guard count < trimmed, !character.isLetter else { break }
            count += 1
        }
        return count
    }

    private static func isMade(_ characters: ArraySlice<Character>, of listed: Set<String>) -> Bool {
        guard !listed.contains(String(characters)) else { return true }
        guard characters.count >= 2 * shortest else { return false }
        return (characters.startIndex + shortest...characters.endIndex - shortest).contains { cut in
            listed.contains(String(characters[..<cut])) && listed.contains(String(characters[cut...]))
        }
    }
}
