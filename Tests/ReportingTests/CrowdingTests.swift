import Entrance
import HTTPTypes
import Site
import Testing

@testable import Reporting

/// Over a limit that many share, as somebody without scripts meets it.
struct CrowdingTests {
    @Test func `the rules that ship are whole, and the page over the limit names nothing unknown`() throws {
        _ = try Reporting.visitorRules()
        let shell = try Shell(bundles: [Entrance.bundle, Reporting.bundle])
        let page = CrowdedPage(
            isWaiting: true, wait: "1", isUpload: true,
            form: CrowdedForm(method: "post", action: "/a", fields: [("n", "v")]),
            challenge: try challenge(), solver: "/s")
        #expect(shell.templates.unknownNames(in: "reporting/crowded", sample: page) == [])
        #expect(shell.templates.faults(texts: shell.texts) == [] && shell.texts.differences() == [])
        #expect(shell.assets.address("solver.js").contains("solver-"))
    }

    private struct NotCrowded: Error {}

    /// The challenge that a refusal carries.
    private func challenge() throws -> Challenge {
        let shipped = try Reporting.visitorRules()
        return Turnstile(RateLimit(), rules: shipped).challenge()
    }

    @Test func `where the address has used up its part, the draft stays and the page says how to go on`() async throws {
        // The clock stands still: how fast the machine is decides nothing.
        try await withTown(limit: RateLimit(isOn: true, capacity: 1000) { 0 }) { town in
            for _ in 0..<20 {
                let answer = try await town.send(
                    .post, "/api/v1/reports", [.contentType: "application/json"], body: Array(Self.body.utf8))
                #expect(answer.status == 201)
            }
            let refused = try await town.send(
                .post, "/api/v1/reports", [.contentType: "application/json"], body: Array(Self.body.utf8))
            #expect(refused.status == 429 && refused.headers[.retryAfter] != nil)
            let browser = Browser(town)
            try await browser.fillIn()
            try await browser.post("/report/done", [("go", "send")])
            #expect(browser.status == 429 && browser.page.contains(#"name="go" value="send""#))
            #expect(browser.page.contains("2 分钟") && browser.cookies["pass"]?.count == 64)
            #expect(try await town.count("report") == 20)
            try await browser.get("/report/check")
            #expect(browser.page.contains("三组的修路补偿款三年没有发下来。"))
        }
    }

    private static let body = """
        {"organ":"Q","title":"t","content":"c","reported":[{"name":"某甲","management":"county"}]}
        """
}
