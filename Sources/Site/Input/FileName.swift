/// File names from outside are labels, never paths.
package enum FileName {
    /// The name without folders, control characters and characters that turn the direction of writing; at most 200
    /// bytes, its ending kept. `file` where nothing is left.
    package static func inert(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let kept = last.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        var text = String(String.UnicodeScalarView(kept))
        while let first = text.first, first == "." || first.isWhitespace { text.removeFirst() }
        while let end = text.last, end == "." || end.isWhitespace { text.removeLast() }
        guard !text.isEmpty else { return "file" }
        return text.utf8.count <= 200 ? text : shortened(text)
    }

    private static func shortened(_ text: String) -> String {
        let dot = text.lastIndex(of: ".")
        let ending = dot.map { String(text[$0...]) } ?? ""
        let kept = ending.utf8.count <= 20 ? ending : ""
        var stem = ""
        var bytes = kept.utf8.count
        for character in dot.map({ text[..<$0] }) ?? text[...] {
            bytes += character.utf8.count
            guard bytes <= 200 else { break }
            stem.append(character)
        }
        return stem.isEmpty ? "file" + kept : stem + kept
    }
}
