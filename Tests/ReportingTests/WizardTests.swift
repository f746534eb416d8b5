import Casework
import Database
import DatabaseTesting
import HTTPTypes
import Kernel
import Sealing
import Testing

@testable import Casefile
@testable import Reporting

@Suite struct `A villager reports` {
    @Test(arguments: TestDatabase.availableEngines)
    func `step by step, and is given a receipt once`(_ engine: Engine) async throws {
        try await withTown(engine) { town in
            let browser = Browser(town)
            try await browser.get("/report?organ=Q&place=990101")
            #expect(browser.page.contains("清棠县纪委监委"))
            #expect(try await town.count("draft") == 0)
            try await browser.fillIn()
            #expect(browser.path == "/report/check" && browser.status == 200)
            for told in ["汪启恒", "镇里截留补偿款", "三组的修路补偿款", "2025 年春节前后", "云省望市清棠县", "前湾村", "把钱发下来"] {
                #expect(browser.page.contains(told), "\(told)")
            }
            let cookie = try #require(browser.cookies["draft"])
            let token = browser.token
            try await browser.post("/report/done", [("go", "send")])
            let receipt = try #require(browser.receipt)
            #expect(browser.status == 200 && browser.page.contains("清棠县纪委监委"))
            #expect(browser.cookies["draft"] == nil)

            // The same form once more, with and without the cookie.
            try await browser.post("/report/done", [("go", "send")], token: token)
            #expect(browser.status == 409 && browser.receipt == nil)
            func again() async throws -> Town.Answer {
                try await town.send(
                    .post, "/report/done",
                    [
                        .contentType: "application/x-www-form-urlencoded", .cookie: "draft=\(cookie)",
                        .origin: "http://localhost",
                    ], body: Array("csrf=\(token)&go=send".utf8))
            }
            town.clock.advance(seconds: 3600)
            let late = try await again()
            #expect(late.status == 409 && !late.body.contains("groups"))
            #expect(try await town.count("report") == 1)
            let left = try await town.casefile.database.read { tx in
                try tx.rows("SELECT size, state FROM draft").map { row in
                    "\(try row.get("size", as: Int.self)) \(try row.get("state", as: String.self))"
                }
            }
            #expect(left == ["0 sent"])

            try await browser.get("/receipt")
            try await browser.post("/receipt", [("receipt", receipt)])
            #expect(browser.page.contains("已收到您的举报"))
        }
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `with a double tap, and either answer shows the one receipt`(_ engine: Engine) async throws {
        try await withTown(engine) { town in
            let browser = Browser(town)
            try await browser.fillIn()
            let cookie = try #require(browser.cookies["draft"])
            let token = browser.token
            let fields: HTTPFields = [
                .contentType: "application/x-www-form-urlencoded", .cookie: "draft=\(cookie)",
                .origin: "http://localhost",
            ]
            let pages = try await withThrowingTaskGroup(of: Town.Answer.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await town.send(
                            .post, "/report/done", fields, body: Array("csrf=\(token)&go=send".utf8))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let receipts = pages.map { page -> String in
                let list = page.body.firstRange(of: "<ol class=\"groups\">")?.upperBound ?? page.body.endIndex
                return String(page.body[list...].prefix { $0 != "\n" }.filter(\.isNumber))
            }
            #expect(pages.map(\.status) == [200, 200, 200, 200])
            #expect(pages.allSatisfy { $0.body.contains("清棠县纪委监委") })
            #expect(Set(receipts).count == 1 && receipts.allSatisfy { $0.count == 28 })
            #expect(try await town.count("report") == 1)
            // Without the form's token, or with another browser's key, there is nothing.
            let forged = try await town.send(.post, "/report/done", fields, body: Array("go=send".utf8))
            #expect(!forged.body.contains("groups"))
            // A page that is merely opened does not show it either.
            let opened = try await town.send(.get, "/report/check", [.cookie: "draft=\(cookie)"])
            #expect(opened.status == 409 && !opened.body.contains("groups"))
        }
    }

    @Test func `and an answer is still there after going back, coming again and getting something wrong`() async throws
    {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.get("/report/rank")
            try await browser.post("/report/rank", [("rank", "unknown"), ("go", "next")])
            #expect(browser.path == "/report/party/1")
            try await browser.post("/report/party/1", [("kind", "person"), ("position", "会计"), ("go", "next")])
            #expect(browser.status == 422 && browser.page.contains("姓名和单位至少填一项"))
            #expect(browser.page.contains("value=\"会计\"") && browser.page.contains("href=\"#f-management\""))
            try await browser.post(
                "/report/party/1", [("kind", "unit"), ("name", "前湾村委会"), ("management", "unknown"), ("go", "next")])
            #expect(browser.path == "/report/party" && browser.page.contains("前湾村委会"))
            try await browser.get("/report/what")
            try await browser.post("/report/what", [("content", "只写了\n<b>经过</b>"), ("go", "next")])
            #expect(browser.status == 422)
            #expect(browser.page.contains("只写了\n&lt;b&gt;经过&lt;/b&gt;"))
            try await browser.post("/report/what", [("content", "先写到这里"), ("go", "back")])
            #expect(browser.path == "/report/party")
            try await browser.get("/report/what")
            #expect(browser.page.contains("先写到这里"))
            // The summary says what is missing, and sends nothing.
            try await browser.get("/report/check")
            try await browser.post("/report/done", [("go", "send")])
            #expect(browser.status == 422 && browser.page.contains("href=\"#f-you\""))
            #expect(try await town.count("report") == 0)
        }
    }

    @Test func `a place level by level, each a button that works without scripts`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.get("/report/rank")
            try await browser.post("/report/rank", [("rank", "other"), ("go", "next")])
            try await browser.get("/report/where")
            for (code, name) in [("990000", "望市"), ("990100", "清棠县"), ("990101", "棠漪镇")] {
                try await browser.post("/report/where", [("place", code), ("location", "村委会")])
                #expect(browser.page.contains(name))
            }
            try await browser.post("/report/where", [("place", "990101100"), ("location", "村委会")])
            #expect(browser.page.contains("云省望市清棠县棠漪镇") && browser.page.contains("村委会"))
            try await browser.post("/report/where", [("place", "990101"), ("location", "村委会")])
            try await browser.post("/report/where", [("place", "123456"), ("location", "村委会")])
            #expect(browser.page.contains("云省望市清棠县<"))
        }
    }
}

@Suite struct `What stands above this platform` {
    @Test func `leaves nothing behind, named first or named later`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.get("/report/rank")
            for rank in ["central", "provincial"] {
                try await browser.post("/report/rank", [("rank", rank), ("go", "next")])
                #expect(browser.path == "/report/above" && browser.page.contains("12388"))
                #expect(browser.cookies.isEmpty)
            }
            #expect(try await town.count("draft") == 0)

            try await browser.fillIn()
            try await browser.upload("/report/files", [("a.txt", Array("证据".utf8))], go: "next")
            try await browser.get("/report/party/2")
            try await browser.post(
                "/report/party/2", [("kind", "person"), ("name", "某人"), ("management", "central"), ("go", "next")])
            #expect(browser.path == "/report/above" && browser.cookies["draft"] == nil)
            for table in ["draft", "draft_file", "report", "tombstone"] { #expect(try await town.count(table) == 0) }
            #expect(town.stored == [])
        }
    }

    @Test func `is not reached when the level named first is missing on the list`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.get("/report/rank")
            try await browser.post("/report/rank", [("rank", "municipal"), ("go", "next")])
            try await browser.post(
                "/report/party/1", [("kind", "person"), ("name", "某人"), ("management", "county"), ("go", "next")])
            try await browser.post("/report/party", [("go", "next")])
            #expect(browser.status == 422 && browser.page.contains("名单里却没有这一级的人"))
        }
    }
}

@Suite struct `A draft` {
    @Test func `opens for its own browser alone and shows nothing to a reader of the database`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.fillIn(content: "丹顶鹤在此")
            let rows = try await town.casefile.database.read { tx in
                try tx.rows("SELECT sealed, updated_at FROM draft").map { row in
                    (try row.get("sealed", as: [UInt8].self), try row.get("updated_at", as: Int64.self))
                }
            }
            let row = try #require(rows.first)
            #expect(!String(decoding: row.0, as: UTF8.self).contains("丹顶鹤"))
            #expect(row.1 % 3_600_000 == 0)
            // Somebody who knows the id but not the key.
            let known = try #require(browser.cookies["draft"].flatMap { DraftKey($0) })
            let bytes = known.id.bytes + DraftKey.fresh().secret.bytes
            let guess = try #require(DraftKey(Base64URL.encode(bytes)))
            guard case .gone = try await town.drafts.find(guess) else {
                Issue.record("a wrong key opened the draft")
                return
            }
        }
    }

    @Test func `takes no form without its token`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.fillIn()
            try await browser.post("/report/what", [("title", "x"), ("content", "y"), ("go", "next")], token: "0")
            #expect(browser.status == 403)
            try await browser.upload("/report/files", [("a.txt", [65])], token: "0")
            #expect(browser.status == 403)
            #expect(town.stored == [])
        }
    }

    @Test func `and its files are nobody's after a day without a change`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.fillIn()
            try await browser.get("/report/files")
            try await browser.upload("/report/files", [("证据.txt", Array("鱼塘".utf8))], go: "next")
            #expect(try await town.drafts.storedFiles().count == 1)
            town.clock.advance(seconds: 25 * 3600)
            try await browser.get("/report/what")
            #expect(browser.path == "/report?gone=yes" && browser.page.contains("草稿已经过期"))
            #expect(try await town.drafts.sweep() == 1)
            #expect(try await town.drafts.storedFiles() == [])
            #expect(try await town.count("draft") == 0)
        }
    }

    @Test func `finds no room when the drafts of all are too many, and the page says so`() async throws {
        try await withTown(limits: DraftLimits(count: 1, bytes: 60 << 20, seconds: 86_400)) { town in
            let first = Browser(town)
            let second = Browser(town)
            try await first.get("/report/rank")
            try await first.post("/report/rank", [("rank", "other"), ("go", "next")])
            try await second.get("/report/rank")
            try await second.post("/report/rank", [("rank", "other"), ("go", "next")])
            #expect(second.status == 503 && second.page.contains("12388"))
        }
    }

    @Test func `keeps what two windows change at once`() async throws {
        try await withTown { town in
            let key = try await town.drafts.begin(Draft(organ: nil, place: nil, rank: .other))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await town.drafts.change(key) { $0.title = "一" } }
                group.addTask { try await town.drafts.change(key) { $0.demand = "二" } }
                group.addTask { try await town.drafts.change(key) { $0.happened = "三" } }
                try await group.waitForAll()
            }
            guard case .open(let draft) = try await town.drafts.find(key) else {
                Issue.record("the draft is gone")
                return
            }
            #expect([draft.title, draft.demand, draft.happened] == ["一", "二", "三"])
        }
    }

    @Test func `holds files that were told by their content, and one refused stops no other`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.fillIn()
            try await browser.get("/report/files")
            try await browser.upload(
                "/report/files",
                [
                    ("a.jpg", [0xFF, 0xD8, 0xFF, 0xE0]), ("恶意.jpg", [0x4D, 0x5A, 0x90, 0, 1, 2]),
                    ("a.jpg", [0xFF, 0xD8, 0xFF, 0xE1]),
                ])
            #expect(browser.status == 422 && browser.page.contains("恶意.jpg"))
            #expect(browser.page.contains("a.jpg") && browser.page.contains("a (2).jpg"))
            #expect(town.stored.count == 2)
            let stored = try #require(try await town.drafts.storedFiles().first)
            try await browser.post("/report/files/remove", [("stored", stored)])
            #expect(town.stored.count == 1 && !town.stored.contains(stored))
            try await browser.get("/report/check")
            try await browser.post("/report/done", [("go", "send")])
            #expect(browser.receipt != nil)
            #expect(try await town.count("file") == 1)
            #expect(town.stored.count == 1)
        }
    }
}
