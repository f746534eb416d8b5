package import Kernel

/// Which reports a change of the rules touches: those that begin from its day on, or also those that run already.
package enum RuleScope: String, Sendable, Hashable, Codable { case new, running }

/// When a change of the rules was taken back, and for whom.
package struct RuleEnd: Sendable, Hashable {
    package var day: Day
    package var scope: RuleScope

    package init(day: Day, scope: RuleScope) {
        self.day = day
        self.scope = scope
    }
}

/// What one organ changed in the rules for itself and those below: a small YAML text with `organ`, `name`,
/// `effectiveFrom`, `appliesTo`, `source`, and entries under `limits` and `acts`.
package struct RuleOverride: Sendable, Hashable {
    /// The code of the organ.
    package let organ: String
    /// How the organ calls the change; stands in the version under which acts are recorded.
    package let name: String
    package let effectiveFrom: Day
    package let scope: RuleScope
    package let source: Bilingual
    /// What faults name.
    package let file: String
    package let text: String
    /// `nil` while nobody took it back.
    package var end: RuleEnd?

    /// As in the version of the merged rules.
    package var mark: String { "\(organ):\(name)" }

    /// The most bytes of a text.
    static let largest = 65_536

    /// Reads the text and refuses what it does not know. Whether it fits the rules it changes, ``RuleBook`` checks.
    package init(file: String, text: String, end: RuleEnd? = nil) throws(RuleFault) {
        if let line = RuleText.wildLine(text, largest: Self.largest) {
            throw RuleFault(file: file, line: line, reason: "too large, too deeply nested, or with anchors")
        }
        let top = try YAMLReader(file: file, text: text)
        guard top.isMap else { throw top.fault("a mapping is expected here") }
        try top.refuseUnknown(["organ", "name", "effectiveFrom", "appliesTo", "source", "limits", "acts"])
        organ = try top.string("organ")
        name = try top.string("name")
        guard !organ.isEmpty else { throw try top.at("organ").fault("the code of an organ is expected here") }
        guard RuleText.isName(name) else {
            throw try top.at("name").fault("a name has 1 to 60 letters, digits, dots or hyphens")
        }
        effectiveFrom = try top.day("effectiveFrom")
        scope = try top.choice("appliesTo", RuleScope.self)
        source = try top.at("source").bilingual()
        if source.zh.isEmpty || source.en.isEmpty { throw try top.at("source").fault("the change has no source") }
        self.file = file
        self.text = text
        self.end = end
        for limit in top.maybe("limits")?.items ?? [] { try Self.checkLimit(limit) }
        for (name, act) in top.maybe("acts")?.pairs ?? [] { try Self.checkAct(name, act) }
        if (top.maybe("limits")?.items ?? []).isEmpty, (top.maybe("acts")?.pairs ?? []).isEmpty {
            throw top.fault("nothing is changed")
        }
        if let limits = top.maybe("limits"), !limits.isList { throw limits.fault("a list is expected here") }
        if let acts = top.maybe("acts"), !acts.isMap { throw acts.fault("a mapping is expected here") }
    }

    private static func checkLimit(_ limit: YAMLReader) throws(RuleFault) {
        let name = try limit.string("name")
        try limit.refuseUnknown([
            "name", "label", "starts", "ends", "count", "unit", "when", "source", "extension", "planned", "pauses",
        ])
        guard let source = limit.maybe("source") else { throw limit.fault("\(name): the limit has no source") }
        let words = try source.bilingual()
        if words.zh.isEmpty || words.en.isEmpty { throw source.fault("\(name): the limit has no source") }
    }

    private static func checkAct(_ name: String, _ act: YAMLReader) throws(RuleFault) {
        guard act.isMap else { throw act.fault("\(name): a mapping is expected here") }
        try act.refuseUnknown(["by", "notBy", "required", "source"])
        guard act.maybe("source") != nil, try !act.cited("source").isIncomplete else {
            throw act.fault("\(name): the act has no source")
        }
        if let by = act.maybe("by"), by.items.isEmpty { throw by.fault("\(name): nobody may do this act") }
        if let other = act.maybe("notBy"), try other.string() != "proposer" {
            throw other.fault("\(name): only the proposer can be kept out")
        }
    }

    /// Whether the change ever was, or will be, in force.
    package var isEver: Bool { end.map { $0.day > effectiveFrom } ?? true }

    /// Whether it holds for a report that began on a day, looked at today.
    package func holds(began: Day, today: Day) -> Bool {
        guard isEver, effectiveFrom <= began || (scope == .running && effectiveFrom <= today) else { return false }
        guard let end else { return true }
        return end.day > began && (end.scope == .new || end.day > today)
    }
}

extension YAMLReader {
    /// Refuses keys that nothing reads: a mistyped one would silently change nothing.
    func refuseUnknown(_ known: Set<String>) throws(RuleFault) {
        var seen: Set<String> = []
        for (key, value) in pairs {
            if !known.contains(key) { throw value.fault("\"\(key)\" is not known here") }
            if !seen.insert(key).inserted { throw value.fault("\"\(key)\" stands twice") }
        }
    }
}

/// What can be said of a text before it is parsed.
enum RuleText {
    static func isName(_ text: String) -> Bool {
        (1...60).contains(text.count)
            && text.unicodeScalars.allSatisfy {
                $0 == "." || $0 == "-" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
            }
    }

    /// The first line that would cost a parser more than a rule file may: nesting without end, anchors that multiply.
    static func wildLine(_ text: String, largest: Int) -> Int? {
        guard text.utf8.count <= largest else { return 1 }
        var depth = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.drop(while: { $0 == " " }).first == "#" { continue }
            let marks = line.utf8.prefix { [UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?")].contains($0) }
            var before = UInt8(ascii: " ")
            let bytes = Array(line.utf8)
            for (place, byte) in bytes.enumerated() {
                if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth = max(0, depth - 1) }
                let opens = " \t[{,:-".utf8.contains(before)
                let next = place + 1 < bytes.count ? bytes[place + 1] : UInt8(ascii: " ")
                if opens, byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), next != UInt8(ascii: " ") {
                    return index + 1
                }
                before = byte
            }
            if depth > 20 || marks.count > 60 { return index + 1 }
        }
        return nil
    }
}
