import Casefile
import Casework
import Database
import DatabaseTesting
import Entrance
import Foundation
import Kernel
import Site
import Testing

@testable import Administration

struct StandInPageTests {
    @Test func `a deputy goes on leave, hands the post over and takes it back`() async throws {
        try await PageTests.run { house, port, _ in
            let world = try await house.casefile.world()
            func person(_ username: String) throws -> Staff {
                try #require(world.staff.values.first { $0.username == username })
            }
            let organ = try #require(world.organ(code: "990101000000"))
            let leaders = try #require(world.office(.leaders, of: organ.id))
            let today = house.casefile.clock.now().day
            let (deputy, stand) = (try person("qt.leader2"), try person("qt.internal1"))
            let visitor = Visitor(port: port)
            try await visitor.signIn("qt.leader2")
            let empty = try await visitor.post("/absence", [("first", ""), ("last", "2026-99-99")])
            #expect(empty.status == 422 && empty.body.contains("error-summary"))
            let backwards = [("first", today.adding(days: 3).text), ("last", today.text)]
            #expect(try await visitor.post("/absence", backwards).status == 422)
            let days = [("first", today.text), ("last", today.adding(days: 3).text)]
            #expect(try await visitor.post("/absence", days).location == "/absence?done=away")
            #expect(try await visitor.post("/absence", days).status == 422, "the same days twice")

            let seat = "\(leaders.id):deputy:\(deputy.id)"
            let handOver = [("seat", seat), ("to", stand.id.description), ("reason", "leave")] + days
            #expect(try await visitor.post("/absence/hand-over", []).status == 422)
            let own = [("seat", seat), ("to", deputy.id.description), ("reason", "leave")] + days
            #expect(try await visitor.post("/absence/hand-over", own).status == 422)
            let foreign =
                [("seat", seat), ("to", try person("ls.letters1").id.description), ("reason", "leave")] + days
            #expect(try await visitor.post("/absence/hand-over", foreign).status == 422)
            #expect(try await visitor.post("/absence/hand-over", handOver).status == 303)
            var places = try await house.casefile.world().places(of: stand.id)
            #expect(places.contains { $0.office == leaders.id && $0.role == .deputy && $0.admitted })
            let page = try await visitor.get("/absence?done=handed-over")
            #expect(page.status == 200 && page.body.contains("房守中") && page.body.contains("正在生效"))

            let delegation = try #require(
                world.staff[deputy.id].map { _ in try self.id(in: page.body, after: "/hand-over/end") })
            let other = Visitor(port: port)
            try await other.signIn("qt.letters3")
            #expect(try await other.post("/absence/hand-over/end", [("id", delegation)]).status == 404)
            #expect(try await other.post("/absence/hand-over", handOver).status == 403, "not theirs to hand over")
            #expect(try await visitor.post("/absence/hand-over/end", [("id", delegation)]).status == 303)
            places = try await house.casefile.world().places(of: stand.id)
            #expect(!places.contains { $0.office == leaders.id })
        }
    }

    private func id(in body: String, after action: String) throws -> String {
        let form = try #require(body.range(of: action))
        let start = try #require(body.range(of: "name=\"id\" value=\"", range: form.upperBound..<body.endIndex))
        return String(body[start.upperBound...].prefix(36))
    }

    @Test func `a principal sets the order, an administrator only who waits to be let in, nobody else anything`()
        async throws
    {
        try await PageTests.run { house, port, _ in
            let world = try await house.casefile.world()
            func person(_ username: String) throws -> String {
                try #require(world.staff.values.first { $0.username == username }).id.description
            }
            let organ = try #require(world.organ(code: "990101000000"))
            let leaders = try #require(world.office(.leaders, of: organ.id)).id
            let custody = try #require(world.office(.custody, of: organ.id)).id
            let order = "/offices/\(leaders)/stand-ins"
            let principal = Visitor(port: port)
            try await principal.signIn("qt.leader1")
            #expect(try await principal.get(order).status == 200)
            let internal1 = try person("qt.internal1")
            let people = [("role", "deputy"), ("stand-in-1", internal1), ("stand-in-2", try person("qt.letters1"))]
            #expect(try await principal.post(order, people).location == order + "?done=order")
            let saved = try await principal.get(order)
            #expect(saved.body.contains("备用"))
            let twice = [("role", "deputy"), ("stand-in-1", internal1), ("stand-in-2", internal1)]
            #expect(try await principal.post(order, twice).status == 422)
            #expect(try await principal.post(order, [("role", "handler")]).status == 404)

            let admin = Visitor(port: port)
            try await admin.signIn("qt.admin1")
            let custodians = "/offices/\(custody)/stand-ins"
            let clerk = [("role", "custodian"), ("stand-in-1", try person("qt.letters1"))]
            #expect(try await admin.post(custodians, clerk).status == 303)
            #expect(try await admin.get(custodians).body.contains("等候开通"))
            let oneself = [("role", "custodian"), ("stand-in-1", try person("qt.admin1"))]
            #expect(try await admin.post(custodians, oneself).status == 422)
            let away = "/organs/\(organ.id)/away"
            let today = house.casefile.clock.now().day.text
            let leave = [("person", try person("qt.leader2")), ("first", today), ("last", today)]
            #expect(try await admin.post(away, leave).status == 303)
            let list = try await admin.get(away)
            #expect(list.body.contains("蒲建章"))
            #expect(try await principal.get(order).body.contains("正在代理"))
            #expect(
                try await admin.post(away + "/end", [("id", try self.id(in: list.body, after: "/away/end"))]).status
                    == 303)
            #expect(!(try await principal.get(order).body.contains("正在代理")))

            let clerks = Visitor(port: port)
            try await clerks.signIn("qt.letters3")
            for path in [order, custodians, away] { #expect(try await clerks.get(path).status == 404, "\(path)") }
            #expect(try await clerks.post(order, people).status == 404)
            let foreigner = Visitor(port: port)
            try await foreigner.signIn("jz.admin1")
            for path in [order, away] { #expect(try await foreigner.get(path).status == 404, "\(path)") }
            #expect(try await clerks.get("/absence").status == 200)
        }
    }

    @Test func `every name in the templates is known`() async throws {
        let shell = try Shell(bundles: [Entrance.bundle, Administration.bundle], settings: ShellSettings())
        let texts = shell.texts[.zhHans]
        for reason in DelegationReason.allCases { #expect(texts.has("administration.reasons." + reason.rawValue)) }
        try await House.whileFull(.sqlite) { house in
            let world = try await house.casefile.world()
            let organ = try #require(world.organ(code: "990101000000"))
            let me = try #require(world.staff.values.first { $0.username == "qt.leader1" })
            let leaders = try #require(world.office(.leaders, of: organ.id))
            let today = house.casefile.clock.now().day
            let term = Term(first: today, last: today)
            let absences = [
                AbsenceRecord(
                    absence: Absence(id: .random(), staff: me.id, term: term), declaredBy: me.id,
                    declaredAt: today.start)
            ]
            let seat = Seat(office: leaders.id, role: .principal)
            let delegations = [
                DelegationRecord(
                    delegation: Delegation(id: .random(), post: seat, from: me.id, to: me.id, term: term),
                    reason: .leave,
                    madeBy: me.id, madeAt: today.start)
            ]
            let faults = [FieldFault("first", "required")]
            let covered = World(
                version: 1, organs: Array(world.organs.values), offices: Array(world.offices.values),
                staff: Array(world.staff.values), memberships: world.memberships,
                cover: Cover(
                    day: today,
                    order: [
                        StandIn(
                            post: seat, position: 1,
                            staff: try #require(world.staff.values.first { $0.username == "qt.internal1" }).id)
                    ]))
            let back = LinkItem(label: "a", href: "/")
            let samples: [(String, any MustacheParentAlias)] = [
                (
                    "absence",
                    AbsencePage(
                        me, covered, absences: absences, delegations: delegations, today: today,
                        refused: .init(form: Form([]), faults: faults, isHandOver: false), texts: texts)
                ),
                (
                    "away",
                    AwayPage(
                        organ, [me], world, absences: absences, back: back, today: today, form: Form([]),
                        faults: faults,
                        texts: texts)
                ),
                (
                    "stand-ins",
                    StandInsPage(
                        leaders, covered, back: back,
                        refused: .init(role: .principal, people: [], faults: [FieldFault("stand-in-1", "self")]),
                        texts: texts)
                ),
            ]
            let elsewhere = ["linked", "href", "lines", "message", "accept", "multiple", "rows"]
            for (name, model) in samples {
                let unknown = shell.templates.unknownNames(in: "administration/" + name, sample: model)
                #expect(unknown.filter { !elsewhere.contains($0) } == [], "\(name)")
            }
        }
    }
}
