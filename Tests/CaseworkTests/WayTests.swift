import Casework
import Kernel
import Testing

/// Where a report has been, as its story and its custodies say.
struct WayTests {
    private let city = OrganID.random()
    private let county = OrganID.random()
    private let cityDesk = OfficeID.random()
    private let countyDesk = OfficeID.random()
    private let inspection = OfficeID.random()
    private let start: Instant

    init() throws { start = try #require(Day("2026-09-28")).start }

    private func custody(_ index: Int, _ organ: OrganID, _ desk: OfficeID, via: String?, hour: Int64) -> Custody {
        Custody(
            index: index, organ: organ, intakeOffice: desk, office: desk, audience: .letters, via: via,
            since: start.adding(seconds: hour * 3600), number: nil)
    }

    private func way(_ custodies: [Custody], _ acts: [(act: String, from: String, custody: Int, hour: Int64)])
        -> [String]
    {
        let done = acts.map { one in
            DoneAct(
                act: one.act, from: one.from, staff: nil, custody: one.custody,
                at: start.adding(seconds: one.hour * 3600),
                codes: one.act == "propose" ? ["office": inspection.description] : [:])
        }
        let standing = Standing(
            stage: "judged", sequence: 0, custodies: custodies, handlers: [], barred: [], proposer: nil, proposal: nil,
            disposal: nil, realName: "anonymous", hasReporter: false, done: done)
        let names = [cityDesk: "city", countyDesk: "county", inspection: "inspection"]
        return standing.way.map { hop in
            let signed = hop.signed.map { "signed \(($0.milliseconds - start.milliseconds) / 3_600_000)" }
            let desk = hop.isOutside ? "agency" : names[hop.office] ?? "?"
            let state = signed ?? (hop.isToSign ? "unsigned" : "-")
            return
                "\(desk) \(hop.via) \((hop.since.milliseconds - start.milliseconds) / 3_600_000) \(state)"
        }
    }

    @Test func `what was assigned shows each desk, since when, and who has not signed`() {
        let custodies = [
            custody(0, city, cityDesk, via: nil, hour: 0), custody(1, county, countyDesk, via: "assign", hour: 3),
        ]
        #expect(way(custodies, [("assign", "approved", 0, 3)]) == ["city file 0 -", "county assign 3 unsigned"])
        let below: [(String, String, Int, Int64)] = [
            ("assign", "approved", 0, 3), ("sign", "incoming", 1, 4), ("propose", "judged", 1, 5),
            ("refer", "approved", 1, 6),
        ]
        #expect(
            way(custodies, below) == ["city file 0 -", "county assign 3 signed 4", "inspection refer 6 unsigned"])
        let back =
            below + [
                ("sign", "referred", 1, 7), ("return", "signed", 1, 8), ("approve", "return-proposed", 1, 9),
            ]
        #expect(
            way(custodies, back) == [
                "city file 0 -", "county assign 3 signed 4", "inspection refer 6 signed 7", "county return 9 -",
            ], "back at its own letters office nobody signs again")
    }

    @Test func `what was handed to an agency is with it until the agency answers`() {
        let here = [custody(0, county, countyDesk, via: nil, hour: 0)]
        let out: [(String, String, Int, Int64)] = [("propose", "judged", 0, 1), ("hand-out", "approved", 0, 2)]
        #expect(way(here, out) == ["county file 0 -", "agency hand-out 2 unsigned"])
        let accepted = out + [("urge", "handed-out", 0, 3), ("outside-accepted", "handed-out", 0, 4)]
        #expect(way(here, accepted) == ["county file 0 -", "agency hand-out 2 signed 4"])
        #expect(
            way(here, accepted + [("outside-result", "handed-out", 0, 9)]) == [
                "county file 0 -", "agency hand-out 2 signed 4", "county outside-result 9 -",
            ])
        #expect(
            way(here, out + [("outside-result", "handed-out", 0, 9)]).dropFirst() == [
                "agency hand-out 2 signed 9", "county outside-result 9 -",
            ], "whoever answers has it")
    }

    @Test func `a return to the sender is one hop, of the sender`() {
        let custodies = [
            custody(0, city, cityDesk, via: nil, hour: 0), custody(1, county, countyDesk, via: "assign", hour: 3),
            custody(2, city, cityDesk, via: "return", hour: 9),
        ]
        #expect(
            way(custodies, [("sign", "incoming", 1, 4), ("approve", "return-proposed", 1, 9)]) == [
                "city file 0 -", "county assign 3 signed 4", "city return 9 unsigned",
            ])
    }
}
