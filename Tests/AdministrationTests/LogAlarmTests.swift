import Casefile
import Entrance
import Site
import Testing

@testable import Administration

@Suite("What an alarm of the public log says")
struct LogAlarmTests {
    @Test func `every kind of alarm has its words in both languages, and every look at a list the list's name`() throws
    {
        let shell = try Shell(bundles: [Entrance.bundle, Administration.bundle], settings: ShellSettings())
        for language in Language.allCases {
            let texts = shell.texts[language]
            for kind in LogTrouble.Kind.allCases { #expect(texts.has("audit.log.trouble.\(kind.rawValue)"), "\(kind)") }
            for tab in InboxQuery.Tab.allCases { #expect(texts.has("audit.look-at.\(tab.rawValue)"), "\(tab)") }
        }
    }
}
