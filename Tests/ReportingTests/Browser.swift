import HTTPTypes
import Sealing
import Testing

/// A browser without scripts: keeps cookies, follows redirects, sends the forms it was shown.
final class Browser {
    let town: Town
    private(set) var cookies: [String: String] = [:]
    private(set) var page = ""
    private(set) var status = 0
    private(set) var path = ""
    private let language: String

    init(_ town: Town, language: String = "zh-CN") {
        self.town = town
        self.language = language
    }

    func get(_ path: String) async throws { try await load(.get, path, [:], []) }

    /// Sends the page's form with these fields and with its token.
    func post(_ path: String, _ pairs: [(String, String)], token: String? = nil) async throws {
        let all = pairs + [("csrf", token ?? self.token)]
        let body = all.map { "\(Self.escaped($0.0))=\(Self.escaped($0.1))" }.joined(separator: "&")
        try await load(.post, path, [.contentType: "application/x-www-form-urlencoded"], Array(body.utf8))
    }

    /// Sends the page's form with files, as browsers do: in the order of the page.
    func upload(
        _ path: String, _ files: [(name: String, bytes: [UInt8])], go: String = "upload", token: String? = nil
    ) async throws {
        var body: [UInt8] = []
        func part(_ disposition: String, _ bytes: [UInt8]) {
            body += Array("--edge\r\nContent-Disposition: form-data; \(disposition)\r\n\r\n".utf8) + bytes + [13, 10]
        }
        part("name=\"csrf\"", Array((token ?? self.token).utf8))
        for file in files { part("name=\"files\"; filename=\"\(file.name)\"", file.bytes) }
        part("name=\"go\"", Array(go.utf8))
        body += Array("--edge--\r\n".utf8)
        try await load(.post, path, [.contentType: "multipart/form-data; boundary=edge"], body)
    }

    var token: String { value(after: "name=\"csrf\" value=\"") }

    /// The 28 digits of the page, if it shows a receipt.
    var receipt: String? {
        guard let list = page.firstRange(of: "<ol class=\"groups\">")?.upperBound else { return nil }
        let digits = page[list...].prefix { $0 != "\n" }.filter(\.isNumber)
        return (try? Receipt(parsing: String(digits)))?.grouped
    }

    private func value(after mark: String) -> String {
        guard let start = page.firstRange(of: mark)?.upperBound else { return "" }
        return String(page[start...].prefix { $0 != "\"" })
    }

    private func load(
        _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields, _ body: [UInt8], hops: Int = 0
    ) async throws {
        var fields = fields
        fields[.acceptLanguage] = language
        if method == .post { fields[.origin] = "http://localhost" }
        let sent = cookies.filter { name, _ in path.hasPrefix(name == "draft" ? "/report" : "/receipt") }
        if !sent.isEmpty { fields[.cookie] = sent.map { "\($0)=\($1)" }.joined(separator: "; ") }
        let answer = try await town.send(method, path, fields, body: body)
        for cookie in answer.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 {
                cookies[String(pair[0])] = String(pair[1])
            } else {
                cookies[String(pair.first ?? "")] = nil
            }
            #expect(cookie.contains("HttpOnly"))
        }
        if answer.status == 303, hops < 5 {
            return try await load(.get, answer.location, [:], [], hops: hops + 1)
        }
        (page, status, self.path) = (answer.body, answer.status, path)
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }

    /// From the first question to the summary.
    func fillIn(content: String = "三组的修路补偿款三年没有发下来。", go: [(String, String)] = [("go", "next")]) async throws {
        try await get("/report/rank?organ=Q&place=990101")
        try await post("/report/rank", [("rank", "county"), ("organ", "Q"), ("place", "990101")] + go)
        try await post(
            "/report/party/1",
            [
                ("kind", "person"), ("name", "汪启恒"), ("unit", "棠漪镇人民政府"), ("position", "镇长"),
                ("management", "county"),
            ] + go)
        try await post("/report/party", go)
        try await post("/report/what", [("title", "镇里截留补偿款"), ("content", content)] + go)
        try await post("/report/when", [("when", "2025 年春节前后")] + go)
        try await post("/report/where", [("location", "前湾村")] + go)
        try await post("/report/demand", [("demand", "把钱发下来")] + go)
        try await upload("/report/files", [("", [])], go: "next")
        try await post("/report/you", [("identity", "anonymous")] + go)
    }
}
