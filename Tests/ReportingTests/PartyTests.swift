import Casework
import Testing

@testable import Casefile
@testable import Reporting

/// The step about who is reported, before the place is asked.
@Suite struct `Whoever may be somebody else` {
    /// Kind, name, unit and level of the reported, none of which is the highest organ for certain.
    private static let cases: [(kind: String, name: String, unit: String, level: String)] = [
        ("unit", "纪委", "", "township"), ("unit", "纪委", "", "unknown"), ("person", "某C0", "", "other"),
        ("person", "某C0", "不详", "township"),
    ]

    @Test func `is not turned away before the place is asked, and is received once it is known`() async throws {
        for who in Self.cases {
            try await withTown { town in
                let browser = Browser(town)
                try await browser.get("/report/rank")
                try await browser.post("/report/rank", [("rank", who.level), ("go", "next")])
                try await browser.post(
                    "/report/party/1",
                    [
                        ("kind", who.kind), ("name", who.name), ("unit", who.unit), ("position", "会计"),
                        ("management", who.level), ("go", "next"),
                    ])
                #expect(browser.path == "/report/party" && browser.page.contains(who.name), "\(who)")
                try await browser.post("/report/what", [("title", "账目不清"), ("content", "三年没有公布。"), ("go", "next")])
                try await browser.post("/report/you", [("identity", "anonymous"), ("go", "next")])

                // Without a place it cannot be ruled out: it is said, nothing is stored, and the draft stays.
                try await browser.get("/report/check")
                try await browser.post("/report/done", [("go", "send")])
                #expect(browser.status == 422 && browser.page.contains("href=\"#f-party\""), "\(who)")
                #expect(browser.page.contains("不能排除") && browser.page.contains("账目不清"), "\(who)")
                #expect(try await town.count("report") == 0)
                #expect(try await town.count("draft") == 1)

                try await browser.get("/report/where")
                try await browser.post("/report/where", [("place", "990101"), ("go", "next")])
                try await browser.get("/report/check")
                try await browser.post("/report/done", [("go", "send")])
                #expect(browser.receipt != nil, "\(who)")
            }
        }
    }

    @Test func `is turned away where the highest organ itself is named`() async throws {
        try await withTown { town in
            for who in [("unit", "望市纪委监委", "", ""), ("person", "某人", "望市纪委监委", "书记")] {
                let browser = Browser(town)
                try await browser.get("/report/rank")
                try await browser.post("/report/rank", [("rank", "municipal"), ("go", "next")])
                try await browser.post(
                    "/report/party/1",
                    [
                        ("kind", who.0), ("name", who.1), ("unit", who.2), ("position", who.3),
                        ("management", "municipal"), ("go", "next"),
                    ])
                #expect(browser.path == "/report/above" && browser.cookies["draft"] == nil)
            }
            #expect(try await town.count("draft") == 0)
        }
    }
}

@Suite struct `Going back from who is reported` {
    @Test func `loses no answer, even where nobody is named yet`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.get("/report/rank")
            try await browser.post("/report/rank", [("rank", "county"), ("go", "next")])
            try await browser.post(
                "/report/party/1",
                [("kind", "unit"), ("management", "municipal"), ("principal", "yes"), ("go", "back")])
            #expect(browser.path == "/report/rank")
            try await browser.get("/report/party")
            #expect(browser.path == "/report/party/1", "nobody is on the list yet")
            for chosen in ["value=\"unit\" checked", "value=\"municipal\" checked", "value=\"yes\" checked"] {
                #expect(browser.page.contains(chosen), "\(chosen)")
            }
            try await browser.post("/report/party/1", [("kind", "person"), ("position", "会计"), ("go", "back")])
            try await browser.get("/report/party/1")
            #expect(browser.page.contains("value=\"会计\"") && browser.page.contains("value=\"person\" checked"))
            try await browser.post(
                "/report/party/1",
                [("kind", "person"), ("name", "甲某"), ("unit", "前湾村"), ("management", "county"), ("go", "next")])
            #expect(browser.path == "/report/party" && browser.page.contains("甲某"))

            // One more that was begun stays with its place, also when the first is taken off.
            try await browser.get("/report/party/2")
            try await browser.post("/report/party/2", [("kind", "person"), ("position", "出纳"), ("go", "back")])
            #expect(browser.path == "/report/party" && !browser.page.contains("出纳"))
            try await browser.get("/report/party/2")
            #expect(browser.page.contains("value=\"出纳\""))
            try await browser.post("/report/party/1/remove", [])
            #expect(browser.path == "/report/party/1" && browser.page.contains("value=\"出纳\""))
        }
    }

    @Test func `leads back to the summary where one came from it`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.fillIn()
            try await browser.get("/report/party/1?to=check")
            let party = [
                ("kind", "person"), ("name", "汪启恒"), ("management", "county"), ("to", "check"), ("go", "back"),
            ]
            try await browser.post("/report/party/1", party)
            #expect(browser.path == "/report/party?to=check" && browser.page.contains("/report/rank?to=check"))
            try await browser.post("/report/party", [("to", "check"), ("go", "back")])
            #expect(browser.path == "/report/check")
            try await browser.post("/report/party/1/remove", [("to", "check")])
            #expect(browser.path == "/report/party/1?to=check")
            try await browser.post("/report/party/1", [("kind", "person"), ("to", "check"), ("go", "back")])
            #expect(browser.path == "/report/check")
        }
    }
}
