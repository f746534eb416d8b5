/// Traditional Chinese characters and the simplified ones that mean the same, one to one: to compare, not to write.
package struct SimplifiedCharacters: Sendable {
    /// Why the table could not be read; the line counts from 1.
    package enum Failure: Error, Hashable { case line(Int) }

    /// Where the table comes from: the header line `# source: …`.
    package let source: String
    /// Its licence: `# licence: …`.
    package let licence: String
    /// By the number of the traditional character.
    let forms: [UInt32: UInt32]

    /// Reads lines of a traditional character, a tab and a simplified one, after header lines that begin with `#`.
    package init(text: String) throws(Failure) {
        let file = HeaderedText(text)
        var forms: [UInt32: UInt32] = [:]
        forms.reserveCapacity(file.lines.count)
        for line in file.lines {
            let scalars = Array(line.text.unicodeScalars)
            guard scalars.count == 3, scalars[1] == "\t" else { throw .line(line.number) }
            forms[scalars[0].value] = scalars[2].value
        }
        self.forms = forms
        source = file.header["source"] ?? ""
        licence = file.header["licence"] ?? ""
    }

    /// The table that comes with the software.
    package static func shipped() throws -> SimplifiedCharacters {
        try SimplifiedCharacters(text: ShippedFile.text("simplified-characters.tsv", of: "Kernel"))
    }
}
