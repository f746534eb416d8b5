import Casework
import Site

extension FaultWords {
    /// The sentence in the reader's language; in English where the catalogue has none.
    func told(in texts: Catalogue) -> String {
        let key = "rules.faults.\(self.key)"
        return texts.has(key) ? texts.format(key, arguments) : english
    }
}
