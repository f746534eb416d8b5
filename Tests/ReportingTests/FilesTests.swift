import Testing

@testable import Reporting

@Suite struct `Where no more files can be kept` {
    @Test func `reporters still go on and back, and only a file is refused`() async throws {
        try await withTown(limits: DraftLimits(count: 9, bytes: 40 << 20, seconds: 86_400)) { town in
            let browser = Browser(town)
            try await browser.fillIn()
            for (go, path) in [("next", "/report/you"), ("back", "/report/demand")] {
                try await browser.get("/report/files")
                try await browser.upload("/report/files", [("", [])], go: go)
                #expect(browser.status == 200 && browser.path == path)
            }
            try await browser.get("/report/files")
            try await browser.upload("/report/files", [("a.txt", Array("证据".utf8))], go: "next")
            #expect(browser.status == 503 && browser.page.contains("12388"))
            #expect(town.stored == [])
        }
    }
}
