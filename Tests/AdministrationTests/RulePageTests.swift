import Casefile
import Casework
import Entrance
import Foundation
import Kernel
import Site
import Testing

@testable import Administration

struct RulePageTests {
    /// The sentences with which the heart refuses an uploaded change, as its sources have them.
    private static func reasons() throws -> [FaultWords] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardized
        let files = [
            "Casework/RuleOverride", "Casework/RuleMerge", "Casework/RuleBookCheck", "Casework/RuleDesertion",
            "Casework/WorkflowCheck", "Casework/WorkflowFile", "Casework/YAMLReader", "Casefile/RuleStore",
        ]
        let sentence = #/(?:fault\((?:"\w+", (?:[\w.]+, )?)?|reason: |FaultWords = )"((?:[^"\\]|\\"|\\\([^()]*\))+)"/#
        return try files.flatMap { file -> [FaultWords] in
            let source = try String(contentsOf: root.appending(path: file + ".swift"), encoding: .utf8)
            return source.matches(of: sentence).map { match in
                // In the check of a whole file, what is at fault stands before the sentence.
                let isNamed = match.0.hasPrefix("fault(\"") && match.0.contains(", ") && file.hasSuffix("WorkflowCheck")
                var pattern = (isNamed ? "\\(name): " : "") + match.1.replacing("\\\"", with: "\"")
                var count = 0
                while let place = pattern.firstRange(of: #/\\\([^()]*\)/#) {
                    count += 1
                    pattern.replaceSubrange(place, with: "{\(count)}")
                }
                return FaultWords(pattern: pattern, values: (0..<count).map(String.init))
            }
        }.filter { $0.pattern != "{1}: {2}" }
    }

    @Test func `every reason for refusing a change is told in both languages`() throws {
        let reasons = try Self.reasons()
        #expect(reasons.count > 50)
        let shell = try Shell(bundles: [Entrance.bundle, Administration.bundle], settings: ShellSettings())
        for words in reasons {
            let key = "rules.faults.\(words.key)"
            let zh = shell.texts[.zhHans]
            #expect(zh.has(key) && shell.texts[.en].text(key) == words.pattern, "\(key): \(words.pattern)")
            let told = words.told(in: zh)
            #expect(words.values.allSatisfy(told.contains) && !told.contains("{"), "\(told)")
        }
    }

    private static func text(_ organ: String, days: Int) -> String {
        let today = Clock.system.now().day.text
        return """
            organ: "\(organ)"
            name: 2026-1
            effectiveFrom: \(today)
            appliesTo: running
            source: {zh: 县办法<b>, en: County rules}
            limits:
              - {name: distribution, count: \(days), source: {zh: 县办法第1条, en: "County rules, article 1"}}
            """
    }

    @Test func `anybody of the house reads the rules, only administrators are offered to change them`() async throws {
        try await PageTests.run { _, port, _ in
            let clerk = Visitor(port: port)
            try await clerk.signIn("qt.letters1")
            for language in ["zh-Hans", "en"] {
                let page = try await clerk.get("/admin/rules?lang=\(language)")
                #expect(page.status == 200 && page.body.contains("<svg") && page.body.contains("role=\"img\""))
                #expect(page.body.contains(language == "en" ? "5 working days" : "5 个工作日"))
                #expect(!page.body.contains("href=\"/admin/rules/change\"") && !page.body.contains("style="))
                #expect(page.body.components(separatedBy: "aria-current=\"page\"").count == 2, "one place is current")
                let workflow = try Workflow.shipped()
                for act in workflow.acts.values { #expect(page.body.contains(">" + act.name + "<"), "\(act.name)") }
            }
            #expect(try await clerk.get("/admin/rules/change").status == 403)
            #expect(
                try await clerk.post("/admin/rules/change", [("text", Self.text("990101000000", days: 3))]).status
                    == 403)
            #expect(try await clerk.get("/admin/rules?organ=nowhere&on=nonsense").status == 200)
            let nobody = Visitor(port: port)
            #expect(try await nobody.get("/admin/rules").status == 401)
        }
    }

    @Test func `an administrator looks first, confirms, and takes it back`() async throws {
        try await PageTests.run { house, port, shell in
            let admin = Visitor(port: port)
            try await admin.signIn("qt.admin1")
            #expect(try await admin.get("/admin/rules/change").body.contains("990101000000"))
            let longer = try await admin.post("/admin/rules/preview", [("text", Self.text("990101000000", days: 9))])
            #expect(longer.status == 422 && longer.body.contains("error-summary"))
            #expect(longer.body.contains("distribution：长于上级的期限") && !longer.body.contains("longer than"))
            let english = try await admin.post(
                "/admin/rules/preview?lang=en", [("text", Self.text("990101000000", days: 9))])
            #expect(english.body.contains("distribution: longer than the limit above it"))
            #expect(longer.body.contains("7"), "the line")
            let foreign = try await admin.post("/admin/rules/change", [("text", Self.text("990100000000", days: 3))])
            #expect(foreign.status == 422)
            #expect(foreign.body.contains(shell.texts[.zhHans].text("rules.not-yours")))
            let none = try await house.casefile.ruleChanges()
            #expect(none.isEmpty, "nothing was changed")

            let text = Self.text("990101000000", days: 3)
            let preview = try await admin.post("/admin/rules/preview", [("text", text)])
            #expect(preview.status == 200 && preview.body.contains("5 个工作日") && preview.body.contains("3 个工作日"))
            #expect(!preview.body.contains("办法<b>"), "what was written is never a tag")
            let again = try await admin.post("/admin/rules/preview", [("text", text), ("again", "1")])
            #expect(again.status == 200 && again.body.contains("<textarea"))
            #expect(try await house.casefile.ruleChanges().isEmpty)
            #expect(try await admin.post("/admin/rules/change", [("text", text)]).status == 303)
            let twice = try await admin.post("/admin/rules/change", [("text", text)])
            #expect(twice.status == 422)

            let page = try await admin.get("/admin/rules")
            #expect(page.body.contains("+990101000000:2026-1"))
            let town = try await admin.get("/admin/rules?organ=990101103000&lang=en")
            #expect(town.body.contains("3 working days") && town.body.contains("County rules, article 1"))
            let stored = try #require(try await house.casefile.ruleChanges().first)
            let address = "/admin/rules/changes/\(stored.id)/withdraw"
            #expect(page.body.contains(address))
            let stranger = Visitor(port: port)
            try await stranger.signIn("jz.admin1")
            #expect(try await stranger.get(address).status == 404)
            #expect(try await stranger.post(address, [("scope", "running")]).status == 404)
            #expect(try await admin.get(address).status == 200)
            #expect(try await admin.post(address, [("scope", "running")]).status == 303)
            let after = try await admin.get("/admin/rules")
            #expect(!after.body.contains("+990101000000") && !after.body.contains(address))
            #expect(after.body.contains(shell.texts[.zhHans].text("rules.states.withdrawn")))
        }
    }

    @Test func `every word of the rules is in both catalogues, and every name in the templates is known`() throws {
        let shell = try Shell(bundles: [Entrance.bundle, Administration.bundle], settings: ShellSettings())
        #expect(shell.templates.faults(texts: shell.texts) == [])
        let workflow = try Workflow.shipped()
        for language in [Language.zhHans, .en] {
            let words = RuleWords(workflow: workflow, texts: shell.texts[language])
            for act in workflow.acts.values {
                let row = ActRow(act, words)
                let said = row.who + row.ways + row.limits + [row.condition, row.decided].compactMap { $0 }
                #expect(!said.contains { $0.contains("rules.") || $0.contains("{") }, "\(act.name): \(said)")
            }
            for limit in workflow.limits {
                let row = LimitRow(limit, words)
                let said = [row.length, row.starts, row.ends, row.extensionText] + row.pauses
                #expect(!said.contains { $0.contains("rules.") || $0.contains("{") }, "\(limit.name): \(said)")
            }
            for part in ["label", "source", "actors", "steps", "fields", "length", "extension", "other"] {
                #expect(shell.texts[language].has("rules.parts." + part))
            }
        }
    }
}
