import Casework
import Database
import DatabaseTesting
import Entrance
import Foundation
import HTTPTypes
import Kernel
import Mustache
import Sealing
import Site
import Testing

@testable import Casefile
@testable import Reporting

extension Town {
    static var letter: [String: Any] {
        [
            "organ": "Q", "place": "990101", "title": "镇里截留补偿款", "content": "三组的修路补偿款三年没有发下来。",
            "demand": NSNull(), "surplus": [1, 2],
            "reported": [
                [
                    "kind": "person", "name": "汪启恒", "unit": "棠漪镇人民政府", "unitCode": NSNull(), "position": "镇长",
                    "management": "county", "principal": false,
                ]
            ], "reporter": NSNull(),
        ]
    }

    func call(
        _ method: HTTPRequest.Method, _ path: String, _ json: Any? = nil, receipt: String? = nil
    ) async throws -> Answer {
        var fields: HTTPFields = [.acceptLanguage: "zh"]
        if let receipt { fields[.authorization] = "Receipt " + receipt }
        var body: [UInt8] = []
        if let json {
            fields[.contentType] = "application/json"
            body = Array(try JSONSerialization.data(withJSONObject: json))
        }
        return try await send(method, path, fields, body: body)
    }

    /// A report over the API; answers its receipt.
    func file(_ changes: [String: Any] = [:]) async throws -> String {
        let answer = try await call(.post, "/api/v1/reports", Self.letter.merging(changes) { $1 })
        #expect(answer.status == 201)
        return try #require(answer.json["receipt"] as? String)
    }

    /// The office's whole way from registration to the answer.
    func answer(_ receipt: String) async throws {
        let holder = ReceiptHolder(try Receipt(parsing: receipt), pepper: casefile.keys.pepper)
        let casefile = casefile
        let id = try await casefile.database.read { tx in
            try OpenReport.load(tx, for: holder, casefile: casefile).stored.id
        }
        let office = InputValue.text(offices[.inspection]?.id.description ?? "")
        try await act("register", id)
        try await act("classify", id, ["category": .text("discipline-breach"), "problem": .text("mass")])
        try await act("propose", id, ["way": .text("refer"), "office": office, "opinion": .text("拟办理")])
        try await act("approve", id, by: colleague)
        try await act("refer", id)
        try await act("sign", id)
        try await act("dispose", id, ["kind": .text("close"), "opinion": .text("拟了结")])
        try await act("approve", id, by: colleague)
        try await act("message", id, ["text": .text("请补充单据")])
        try await act(
            "conclude", id,
            [
                "results": .items([["party": .text("1"), "finding": .text("true"), "handling": .text("first-form")]]),
                "text": .text("经查属实"),
            ])
        try await act("feedback", id, ["way": .text("platform"), "text": .text("款项已经补发")])
    }
}

@Suite struct `Over the public API` {
    @Test(arguments: TestDatabase.availableEngines)
    func `a report is filed, followed, answered, objected to and rated`(_ engine: Engine) async throws {
        try await withTown(engine) { town in
            let filed = try await town.call(.post, "/api/v1/reports", Town.letter)
            #expect(filed.status == 201 && filed.json["organ"] as? String == "Q")
            #expect(filed.json["filedAt"] as? String == "2026-03-02T09:00:00+08:00")
            let receipt = try #require(filed.json["receipt"] as? String)
            let fullWidth = String(
                String.UnicodeScalarView(
                    receipt.unicodeScalars.map { scalar in
                        scalar == " " ? "\u{3000}" : Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar
                    }))
            let seen = try await town.call(.get, "/api/v1/receipt", receipt: fullWidth)
            #expect(seen.status == 200 && seen.json["stage"] as? String == "received")
            #expect(seen.json["may"] as? [String] == ["message", "file"])
            #expect(seen.json.keys.contains("reply") && seen.json["proof"] is NSNull)
            let early = try await town.call(.post, "/api/v1/receipt/objection", ["text": "x"], receipt: receipt)
            #expect(early.status == 409)
            #expect(
                try await town.call(.post, "/api/v1/receipt/messages", ["text": "我来补充"], receipt: receipt).status
                    == 201)
            #expect(
                try await town.call(.post, "/api/v1/receipt/messages", ["text": " "], receipt: receipt).status == 422)

            try await town.answer(receipt)
            let answered = try await town.call(.get, "/api/v1/receipt", receipt: receipt)
            #expect(answered.json["stage"] as? String == "answered")
            #expect((answered.json["reply"] as? [String: Any])?["text"] as? String == "款项已经补发")
            let messages = try #require(answered.json["messages"] as? [[String: Any]])
            #expect(messages.map { $0["from"] as? String } == ["reporter", "office"])
            #expect(!answered.body.contains("汪启恒") && !answered.body.contains("经查属实"))
            let bad = ["score": 9, "settled": true] as [String: Any]
            #expect(try await town.call(.post, "/api/v1/receipt/rating", bad, receipt: receipt).status == 422)
            let good = ["score": 2, "settled": false, "comment": "还差一户"] as [String: Any]
            #expect(try await town.call(.post, "/api/v1/receipt/rating", good, receipt: receipt).status == 201)
            #expect(try await town.call(.post, "/api/v1/receipt/rating", good, receipt: receipt).status == 409)
            #expect(
                try await town.call(.post, "/api/v1/receipt/objection", ["text": "还差一户"], receipt: receipt).status
                    == 201)
        }
    }

    @Test func `a mistyped receipt is told from an unknown one, and from none`() async throws {
        try await withTown { town in
            let receipt = try await town.file()
            let swapped = (receipt.hasPrefix("1") ? "2" : "1") + receipt.dropFirst()
            let mistyped = try await town.call(.get, "/api/v1/receipt", receipt: swapped)
            #expect(mistyped.status == 422 && mistyped.json["errors"] as? [Any] != nil)
            let unknown = try await town.call(.get, "/api/v1/receipt", receipt: Receipt.generate().grouped)
            #expect(unknown.status == 401)
            #expect(try await town.call(.get, "/api/v1/receipt").status == 401)
            #expect(try await town.call(.post, "/api/v1/receipt/messages", ["text": "x"]).status == 401)
        }
    }

    @Test func `faults are named by field, and what stands above is refused before anything is stored`() async throws {
        try await withTown { town in
            func fields(_ changes: [String: Any]) async throws -> (Int, String?, [String]) {
                let answer = try await town.call(.post, "/api/v1/reports", Town.letter.merging(changes) { $1 })
                let errors = answer.json["errors"] as? [[String: Any]] ?? []
                return (answer.status, answer.json["type"] as? String, errors.compactMap { $0["field"] as? String })
            }
            let party = ["kind": "person", "name": "某人", "unit": "", "position": ""]
            var result = try await fields(["reported": [party]])
            #expect(result == (422, "invalid", ["reported.0.management"]))
            result = try await fields(["reported": [party.merging(["management": "emperor"]) { $1 }]])
            #expect(result == (422, "invalid", ["reported.0.management"]))
            result = try await fields(["place": "here", "title": ""])
            #expect(result.0 == 422 && result.2 == ["place"])
            result = try await fields(["title": " ", "reporter": ["name": "", "phone": "12"]])
            #expect(Set(result.2) == ["title", "reporter.name", "reporter.phone"])
            result = try await fields(["reported": [party.merging(["management": "provincial"]) { $1 }]])
            #expect(result.0 == 422 && result.1 == "above-this-platform")
            result = try await fields(["organ": "nowhere"])
            #expect(result.0 == 422 && result.2 == ["organ"])
            for table in ["report", "event", "tombstone", "organ_counter"] {
                #expect(try await town.count(table) == 0)
            }
        }
    }

    @Test func `evidence is taken by content and name, whole or not at all`() async throws {
        try await withTown { town in
            let receipt = try await town.file()
            func put(_ name: String, _ bytes: [UInt8], length: Int? = nil) async throws -> Int {
                var fields: HTTPFields = [.authorization: "Receipt \(receipt)"]
                if let length { fields[.contentLength] = String(length) }
                return try await town.send(.put, "/api/v1/receipt/files/\(name)", fields, body: bytes).status
            }
            let picture: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]
            #expect(try await put("a.png", picture) == 201)
            #expect(try await put("a.png", picture) == 409)
            #expect(try await put("b.png", [0x4D, 0x5A, 0, 1]) == 415)
            #expect(try await put("c.png", [], length: 60 << 20) == 413)
            #expect(town.stored.count == 1)
            let seen = try await town.call(.get, "/api/v1/receipt", receipt: receipt)
            let files = try #require(seen.json["files"] as? [[String: Any]])
            #expect(files.count == 1 && files.first?["size"] as? Int == picture.count)
        }
    }
}

@Suite struct `With a receipt in the browser` {
    @Test func `a reporter reads, writes, objects, rates and leaves`() async throws {
        try await withTown { town in
            let receipt = try await town.file()
            try await town.answer(receipt)
            let browser = Browser(town)
            try await browser.get("/receipt")
            try await browser.post("/receipt", [("receipt", "1234")])
            #expect(browser.status == 422 && browser.page.contains("查询码有误"))
            try await browser.post("/receipt", [("receipt", Receipt.generate().grouped)])
            #expect(browser.status == 422 && browser.page.contains("没有找到"))
            try await browser.post("/receipt", [("receipt", receipt)])
            #expect(browser.path == "/receipt" && browser.page.contains("款项已经补发"))
            let cookie = try #require(browser.cookies["receipt"])
            #expect(!cookie.contains(receipt.filter(\.isNumber)))
            for hidden in ["汪启恒", "经查属实", "拟核实", "某Q"] { #expect(!browser.page.contains(hidden)) }
            try await browser.post("/receipt/message", [("message", " ")])
            #expect(browser.status == 422)
            try await browser.post("/receipt/message", [("message", "谢谢")])
            #expect(browser.page.contains("留言已送到") && browser.page.contains("谢谢"))
            try await browser.upload("/receipt/files", [("单据.txt", Array("收据".utf8))])
            try await browser.upload("/receipt/files", [("单据.txt", Array("收据二".utf8))])
            #expect(browser.page.contains("单据.txt") && browser.page.contains("单据 (2).txt"))
            try await browser.post("/receipt/rating", [("comment", "慢")])
            #expect(browser.status == 422 && browser.page.contains("慢</textarea>"))
            try await browser.post("/receipt/rating", [("score", "4"), ("settled", "yes"), ("comment", "慢")])
            #expect(!browser.page.contains("/receipt/rating"))
            try await browser.post("/receipt/objection", [("objection", "还差一户")])
            #expect(browser.page.contains("您的异议已收到"))
            try await browser.post("/receipt/leave", [])
            #expect(browser.cookies["receipt"] == nil && browser.page.contains("已退出"))
        }
    }

    @Test func `is asked for it again after half an hour`() async throws {
        try await withTown { town in
            let browser = Browser(town)
            try await browser.get("/receipt")
            try await browser.post("/receipt", [("receipt", try await town.file())])
            town.clock.advance(seconds: 1799)
            try await browser.get("/receipt")
            town.clock.advance(seconds: 1799)
            try await browser.get("/receipt")
            #expect(browser.page.contains("办理进度"))
            town.clock.advance(seconds: 1801)
            try await browser.get("/receipt")
            #expect(!browser.page.contains("办理进度") && browser.page.contains("超过半小时"))
        }
    }
}

@Suite struct `The public's pages` {
    @Test func `have every text in both languages and no name that nothing answers`() throws {
        let shell = try Shell(bundles: [Entrance.bundle, Reporting.bundle])
        #expect(shell.texts.differences() == [])
        #expect(shell.templates.faults(texts: shell.texts) == [])
    }

    @Test func `speak English to who asks for it`() async throws {
        try await withTown { town in
            let browser = Browser(town, language: "en")
            try await browser.fillIn()
            #expect(browser.page.contains("Check and send") && !browser.page.contains("reporting."))
            try await browser.post("/report/done", [("go", "send")])
            #expect(browser.page.contains("County organ") && browser.receipt != nil)
            for path in ["/", "/report", "/report/rank", "/report/above", "/receipt"] {
                try await browser.get(path)
                #expect(browser.status == 200 && !browser.page.contains("reporting."), "\(path)")
            }
        }
    }
}
