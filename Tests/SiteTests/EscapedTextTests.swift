import Foundation
import Mustache
import Testing

@testable import Site

/// What hides `<` and `"` from whoever reads by grapheme clusters; browsers read code points.
@Suite struct `What a person wrote never becomes a tag` {
    private static let joiners = ["", "\u{600}", "\u{D4E}", "\u{301}", "\u{FE0F}", "\u{200D}", "\u{1F1E8}"]

    private static let attacks = joiners.flatMap { before in
        joiners.flatMap { after in ["<", ">", "\"", "'", "&"].map { before + $0 + after } }
    }

    @Test func `whatever stands beside it, in whatever part of a page`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "templates-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "templates"), withIntermediateDirectories: true)
        for (name, text) in [
            "layout": "<title>{{said}}</title>\n{{$main}}{{said}}{{/main}}",
            "part": "{{said}} {{#several}}{{.}}{{/several}}",
            "page": """
            {{<layout}}
            {{$main}}
            <p title="{{said}}">{{said}}
            {{#several}}{{.}}{{> part}}{{/several}}
            {{> part}}{{^none}}{{said}}{{/none}}
            {{/main}}
            {{/layout}}
            """,
        ] {
            try text.write(to: folder.appending(path: "templates/\(name).mustache"), atomically: true, encoding: .utf8)
        }
        let shell = try Shell()
        let templates = try Templates(folders: [folder.path])
        #expect(Self.attacks.count == 245)
        for attack in Self.attacks {
            for name in ["page", "part", "layout"] {
                let drawn = try templates.render(
                    name,
                    PageScope(
                        model: Said(said: "x\(attack)y"),
                        page: PageFrame(title: "t", language: .en, area: .public, address: "/"),
                        texts: shell.texts[.en].tree, assets: shell.assets.tree))
                let clean = drawn.replacingOccurrences(
                    of: "<title>|</title>|<p title=\"[^\"]*\">", with: "", options: .regularExpression)
                let left = clean.unicodeScalars.filter { "<>\"'".unicodeScalars.contains($0) }
                #expect(left.isEmpty, "\(name) \(attack.unicodeScalars.map(\.value)): \(drawn)")
                let amps = clean.components(separatedBy: "&").dropFirst()
                #expect(amps.allSatisfy { $0.utf8.prefix(6).contains(UInt8(ascii: ";")) }, "\(drawn)")
            }
        }
    }

    private struct Said: MustacheParent {
        let said: String
        func child(named name: String) -> Any? {
            switch name {
            case "said": said
            case "several": [said, said]
            default: nil
            }
        }
    }
}
