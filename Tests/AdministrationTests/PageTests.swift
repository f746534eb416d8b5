import Casefile
import Casework
import Database
import DatabaseTesting
import Entrance
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import Sealing
import Site
import Testing

@testable import Administration

/// A person with a browser: keeps the cookie and the token of the last form.
actor Visitor {
    let port: Int
    var cookie: String?
    init(port: Int) { self.port = port }

    struct Answer: Sendable {
        var status: Int
        var location: String?
        var body: String
    }

    func send(
        _ method: String, _ path: String, _ form: [(String, String)] = [], parts: [String] = []
    ) async throws -> Answer {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: output) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        var arguments = ["-s", "-D", output, "-X", method, "http://127.0.0.1:\(port)\(path)"]
        if let cookie { arguments += ["-H", "Cookie: session=\(cookie)"] }
        if method == "POST" {
            arguments += ["-H", "Origin: http://127.0.0.1:\(port)"]
            for (name, value) in form { arguments += ["--data-urlencode", "\(name)=\(value)"] }
            arguments += parts
            if form.isEmpty, parts.isEmpty { arguments += ["--data", ""] }
        }
        let data = await withCheckedContinuation { (done: CheckedContinuation<Data, Never>) in
            let path = process.executableURL
            let all = arguments
            Thread.detachNewThread {
                let process = Process()
                process.executableURL = path
                process.arguments = all
                let pipe = Pipe()
                process.standardOutput = pipe
                try? process.run()
                let data = pipe.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                done.resume(returning: data)
            }
        }
        let head = try String(contentsOfFile: output, encoding: .utf8)
        var answer = Answer(
            status: Int(head.split(separator: " ").dropFirst().first ?? "0") ?? 0, location: nil,
            body: String(decoding: data, as: UTF8.self))
        for line in head.split(whereSeparator: \.isNewline) {
            let lower = line.lowercased()
            if lower.hasPrefix("location: ") { answer.location = String(line.dropFirst(10)) }
            if lower.hasPrefix("set-cookie: session=") {
                cookie = String(line.dropFirst(20).prefix { $0 != ";" })
            }
        }
        return answer
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }

    func post(_ path: String, _ form: [(String, String)] = []) async throws -> Answer {
        try await send("POST", path, form + [("csrf", cookie.map(FormToken.derive(from:)) ?? "")])
    }

    func signIn(_ username: String, _ password: String = House.password) async throws {
        cookie = nil
        let answer = try await send("POST", "/sign-in", [("username", username), ("password", password)])
        #expect(answer.status == 303)
    }
}

struct PageTests {
    static func run(_ body: @escaping @Sendable (House, Int, Shell) async throws -> Void) async throws {
        try await House.whileFull(.sqlite) { house in
            let shell = try Shell(bundles: [Entrance.bundle, Administration.bundle], settings: ShellSettings())
            let services = Services(
                shell: shell, casefile: house.casefile, limit: RateLimit(isOn: false),
                navigation: AdministrationNavigation.entries, publicURL: "https://example.test")
            let site = SiteRouter(shell: shell)
            let staff = site.routes.group("").add(middleware: SessionLayer(casefile: house.casefile))
                .add(
                    middleware: ErrorPages(shell: shell) { request, context, _, title in
                        shell.frame(request, context, title: title)
                    })
            SignInRoutes(services).add(to: staff)
            PasswordRoutes(services).add(to: staff)
            AccountRoutes(services).add(to: staff)
            AdministrationRoutes(services).add(to: staff)
            let (ports, found) = AsyncStream.makeStream(of: Int.self)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let application = site.application(ServerSettings(address: .hostname("127.0.0.1", port: 0)), logger: logger)
            {
                found.yield($0 ?? 0)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                group.addTask {
                    for await port in ports {
                        try await body(house, port, shell)
                        return
                    }
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    @Test func `an administrator builds a township and its people are let in by each other`() async throws {
        try await Self.run { house, port, shell in
            let admin = Visitor(port: port)
            try await admin.signIn("qt.admin1")
            let overview = try await admin.get("/admin")
            #expect(overview.status == 200 && overview.body.contains("990101103000"))
            #expect(!overview.body.contains("990102000000"), "another county's organs are not shown")

            let wrong = try await admin.post(
                "/admin/new-organ",
                [
                    ("parent", "990100000000"), ("code", "990101100000"), ("name", ""), ("level", "city"),
                    ("region", "9"),
                ])
            #expect(wrong.status == 422 && wrong.body.contains("error-summary"))
            let foreign = try await admin.post(
                "/admin/new-organ",
                [
                    ("parent", "990100000000"), ("code", "new"), ("name", "某县纪委"), ("level", "county"),
                    ("region", "990103"),
                ])
            #expect(foreign.status == 422, "an organ that is not below hers")
            let made = try await admin.post(
                "/admin/new-organ",
                [
                    ("parent", "990101000000"), ("code", "990101104000"), ("name", "新<b>镇纪委"), ("level", "township"),
                    ("region", "990101104"), ("aliases", "新镇纪委\n新镇"),
                ])
            #expect(made.status == 303)
            let organ = try #require(made.location?.split(separator: "?").first).description
            let empty = try await admin.get(organ + "?done=organ-added")
            #expect(empty.status == 200 && empty.body.contains("notice done") && !empty.body.contains("<b>镇"))
            for (kind, code) in [("letters", "letters"), ("custody", "custody"), ("inspection", "i1")] {
                let office = try await admin.post(
                    organ + "/new-office", [("kind", kind), ("code", code), ("name", code)])
                #expect(office.status == 303)
            }
            let second = try await admin.post(
                organ + "/new-office", [("kind", "letters"), ("code", "a"), ("name", "a")])
            #expect(second.status == 422)

            // The first comes with the office's key, the second waits.
            var passwords: [String] = []
            for name in ["one", "two"] {
                let added = try await admin.post(
                    organ + "/new-person",
                    [("name", "某人"), ("username", "xz." + name), ("roles", "letters:director"), ("kin", "甲：乙")])
                #expect(added.status == 200)
                let password = try #require(added.body.split(separator: "<p class=\"one-time\">").last)
                passwords.append(String(password.prefix { $0 != "<" }))
            }
            let again = try await admin.post(organ + "/new-person", [("name", "某人"), ("username", "XZ.one")])
            #expect(
                again.status == 422
                    && again.body.contains(shell.texts[.zhHans].text("administration.faults.username-taken")))
            _ = try await admin.get(organ)

            let one = Visitor(port: port)
            try await one.signIn("xz.one", passwords[0])
            #expect(try await one.get("/office").status == 403, "the one-time password comes first")
            let own = [("old", passwords[0]), ("new", "一句只有我自己知道的相当长的话"), ("again", "一句只有我自己知道的相当长的话")]
            #expect(try await one.post("/password", own).status == 303)
            let office = try await one.get("/office")
            #expect(office.status == 200 && office.body.contains("action=\"/office/admit\""))
            let world = try await house.casefile.world()
            let two = try #require(world.staff.values.first { $0.username == "xz.two" })
            let desk = try #require(world.places(of: two.id).first)
            #expect(!desk.admitted)
            let letIn = [("office", desk.office.description), ("person", two.id.description)]
            #expect(try await admin.post("/office/admit", letIn).status == 403, "an administrator lets nobody in")
            #expect(try await one.post("/office/admit", letIn).status == 303)
            let after = try await house.casefile.world().places(of: two.id)
            #expect(after.allSatisfy { $0.admitted })

            // Taking roles away.
            let person = "/admin/people/\(two.id)"
            #expect(try await admin.post(person + "/leave", [("roles", "letters:director")]).status == 303)
            let last = try #require(try await house.casefile.world().staff.values.first { $0.username == "xz.one" })
            let refused = try await admin.post("/admin/people/\(last.id)/leave", [("roles", "letters:director")])
            #expect(refused.status == 422, "nobody could open the office any more")
            #expect(try await admin.post(person + "/deactivate").status == 303)
            let gone = Visitor(port: port)
            #expect(
                try await gone.send("POST", "/sign-in", [("username", "xz.two"), ("password", passwords[1])]).status
                    == 422)
            #expect(try await admin.post(person + "/join", [("roles", "i1:handler")]).status == 422)
            #expect(try await admin.post(person + "/reactivate").status == 303)
            #expect(try await admin.post(person + "/join", [("roles", "i1:handler")]).status == 303)
            let poster = try await admin.get(organ + "/poster")
            #expect(poster.status == 200)
            #expect(poster.body.contains("https://example.test/report?organ=990101104000&amp;place=990101104"))
            #expect(try await admin.get(organ + "/poster.svg").body.hasPrefix("<svg"))
            _ = try await admin.get(person)
            for path in [organ + "/change", organ + "/new-office", organ + "/new-person", person + "/change"] {
                #expect(try await admin.get(path).status == 200)
                #expect(try await admin.get(path + "?lang=en").body.contains("lang=\"en\""))
            }
        }
    }

    @Test func `an administrator stays within what is theirs and lets nobody in, not even themselves`() async throws {
        try await Self.run { house, port, _ in
            let world = try await house.casefile.world()
            func organ(_ code: String) throws -> OrganID { try #require(world.organ(code: code)).id }
            func person(_ name: String) throws -> StaffID {
                try #require(world.staff.values.first { $0.username == name }).id
            }
            let admin = Visitor(port: port)
            try await admin.signIn("qt.admin1")
            for path in try [
                "/admin/organs/\(organ("990102000000"))", "/admin/organs/\(organ("990100000000"))/poster",
                "/admin/people/\(person("wc.letters1"))", "/admin/people/\(person("ls.letters1"))/change",
                "/admin/organs/nonsense", "/admin/people/\(organ("990101000000"))",
            ] {
                #expect(try await admin.get(path).status == 404, "\(path)")
            }
            #expect(try await admin.post("/admin/people/\(person("wc.letters1"))/deactivate").status == 404)
            let me = try "/admin/people/\(person("qt.admin1"))"
            #expect(try await admin.post(me + "/leave", [("roles", "administration:administrator")]).status == 422)
            #expect(try await admin.post(me + "/deactivate").status == 422)
            #expect(try await admin.post(me + "/join", [("roles", "letters:custodian")]).status == 422)
            #expect(try await admin.post(me + "/join", [("roles", "letters:director")]).status == 303)
            let mine = try await house.casefile.world().places(of: person("qt.admin1"))
            #expect(mine.filter { $0.role == .director }.map(\.admitted) == [false])
            // An office in which nobody could let her in.
            let home = try "/admin/organs/\(organ("990101000000"))"
            _ = try await admin.post(home + "/new-office", [("kind", "inspection"), ("code", "mine"), ("name", "新室")])
            #expect(try await admin.post(me + "/join", [("roles", "mine:director")]).status == 422)
            // No token, no act.
            #expect(
                try await admin.send("POST", home + "/change", [("name", "x")]).status == 403)
            for name in ["qt.letters1", "qt.audit1"] {
                let other = Visitor(port: port)
                try await other.signIn(name)
                #expect(try await other.get("/admin").status == 403)
                #expect(try await other.get(home).status == 403)
                #expect(try await other.get("/office").status == 200)
            }
            let nobody = Visitor(port: port)
            #expect(try await nobody.get("/admin").status == 401)
            #expect(try await nobody.get("/office").status == 401)
            let root = Visitor(port: port)
            try await root.signIn("yl.admin1")
            #expect(try await root.get("/admin/people/\(person("ls.letters1"))").status == 200)
        }
    }

    @Test func `both languages say the same and every name in the templates is known`() async throws {
        let shell = try Shell(bundles: [Entrance.bundle, Administration.bundle], settings: ShellSettings())
        #expect(shell.texts.differences() == [])
        #expect(shell.templates.faults(texts: shell.texts) == [])
        let texts = shell.texts[.zhHans]
        for key in DirectoryFault.allCases.map({ "faults." + $0.rawValue })
            + OrganGap.allCases.flatMap({ ["gaps." + $0.rawValue, "gaps-short." + $0.rawValue] })
            + Role.allCases.map({ "roles." + $0.rawValue }) + OfficeKind.allCases.map({ "kinds." + $0.rawValue })
            + OrganLevel.allCases.map({ "levels." + $0.rawValue })
        {
            #expect(texts.has("administration." + key), "\(key)")
        }
        try await House.whileFull(.sqlite) { house in
            // A house with everything: somebody waits, somebody is inactive, an organ lacks what it needs.
            _ = try await house.take("organs", "code,name,level,parent,region\nx,某镇,township,990101000000,990102\n")
            _ = try await house.take(
                "staff", "username,name,organ,roles,kin\nqt.z,某,990101000000,letters:registrar,甲:乙\n")
            let world = try await house.casefile.world()
            let admin = try #require(world.staff.values.first { $0.username == "qt.admin1" })
            let clerk = try #require(world.staff.values.first { $0.username == "qt.letters1" })
            let organ = try #require(world.organ(code: "990101000000"))
            let access = Access(
                me: admin, world: world, tops: Administration.organs(administeredBy: admin.id, in: world))
            let regions = house.casefile.regions
            let error = DirectoryError("roles", .role)
            let back = LinkItem(label: "a", href: "/")
            let samples: [(String, any MustacheParentAlias)] = [
                ("overview", OverviewPage(access, regions: regions, texts: texts)),
                ("organ", OrganPage(organ, world, regions: regions, oneTime: [], texts: texts)),
                ("person", PersonPage(clerk, organ, access, isOneTime: false, error: error, texts: texts)),
                (
                    "form",
                    FormPage(
                        title: "t", about: "a", back: back, summary: ErrorSummary(error, texts), notes: ["n"],
                        action: "/",
                        fields: [
                            FormField("a", "a", .area(rows: 3), hint: "h", error: "e"),
                            FormField("b", "b", .select, options: [FieldOption("a", "b", hint: "c")]),
                            FormField("c", "c", .file(accept: "a", multiple: true), maximumLength: 3),
                            FormField("d", "d"),
                        ], submit: "s")
                ),
                (
                    "first-password",
                    FirstPasswordPage(name: "a", username: "b", password: "c", ends: "", roles: "d", back: back)
                ),
                ("poster", PosterPage(organ, address: "a", place: "b")),
                (
                    "office",
                    OfficePage(
                        clerk, world, oneTime: Set(world.staff.keys),
                        reset: world.staff.mapValues { _ in house.casefile.clock.now() }, texts: texts)
                ),
                (
                    "reset-password",
                    FirstPasswordPage(name: "a", username: "b", password: "c", ends: "", roles: "d", back: back)
                ),
                (
                    "accounts",
                    AccountRulesPage(
                        try .shipped(), choice: AccountChoice(by: admin.id, at: house.casefile.clock.now()),
                        world: world,
                        mayChoose: true, sent: nil, [FieldError("least", "entrance.faults.number")], texts)
                ),
            ]
            for (name, model) in samples {
                #expect(
                    shell.templates.unknownNames(in: "administration/" + name, sample: model)
                        .filter {
                            !["linked", "href", "lines", "message", "accept", "multiple", "rows"].contains($0)
                                || name == "overview"
                        } == [], "\(name)")
            }
        }
    }
}
