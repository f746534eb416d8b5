import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

@Suite struct `A thief of the disk` {
    /// What has to be a number of its kind: a telephone's, a person's, a unit's, and a day.
    private static let numbers = ["19900004321", "11010519491231002X", "91350100M000100Y43", "2025-11-07"]

    /// Every word of a filing, found by reflection: a field that is added and gets no marked word fails here.
    private func unmarked(_ value: Any, _ place: String) -> [String] {
        if let text = value as? String {
            return text.contains(Canaries.mark) || Self.numbers.contains(text) ? [] : [place]
        }
        // Codes, ranks and kinds are no words.
        if value is RegionCode || value is any RawRepresentable { return [] }
        return Mirror(reflecting: value).children.flatMap { child in
            unmarked(child.value, "\(place).\(child.label ?? "")")
        }
    }

    private func filing(_ canaries: inout Canaries, _ file: StagedFile) -> Filing {
        func word(_ place: String) -> String { canaries.word("file.\(place)") }
        return Filing(
            organ: "Q",
            letter: Letter(
                title: word("title"), content: word("content"), demand: word("demand"), place: RegionCode("990101"),
                reported: [
                    ReportedParty(
                        kind: .person, name: word("name"), unit: word("unit"), unitCode: Self.numbers[2],
                        position: word("position"), management: .county)
                ], happened: word("happened"), location: word("location"), dated: Self.numbers[3],
                sourceID: word("source")),
            reporter: Reporter(
                kind: .joint, name: word("reporter"), phone: Self.numbers[0], email: word("email"),
                address: word("address"), residentID: Self.numbers[1], safeContact: word("safe contact"),
                others: word("others")), channel: .letter, files: [file])
    }

    @Test(arguments: TestDatabase.availableEngines)
    func `finds no title, text, name, file or opinion in the database, its journal or the files`(
        engine: Engine
    ) async throws {
        try await withWorld(engine) { world in
            var canaries = Canaries()
            func word(_ place: String) -> String { canaries.word(place) }
            let reception = try world.casefile.files.receive(name: word("file name") + ".txt")
            try reception.append(Array(word("file").utf8))
            let filing = filing(&canaries, try reception.finish())
            #expect(unmarked(filing.letter, "letter") + unmarked(filing.reporter as Any, "reporter") == [])
            // Brought on paper: what a clerk typed can be corrected, what a reporter typed cannot.
            let filed = try await world.casefile.register(filing, by: try world["q.registrar"])
            let first = try await world.casefile.file(
                Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
            let view = try #require(try await world.view(filed.id, "q.registrar"))
            #expect(view.letter == filing.letter)
            #expect(view.files.map(\.name) == [word("file name") + ".txt"])
            for (kind, place) in [(SearchKind.name, "file.name"), (.unit, "file.unit"), (.text, "file.content")] {
                #expect(try await world.found(kind, word(place), "q.registrar") == [filed.id])
            }
            let opened = try await world.casefile.file(
                named: word("file name") + ".txt", of: filed.id, for: try world["q.registrar"])
            #expect(try opened.reader.chunk(0) == Array(word("file").utf8))
            try await byHand(world, filed, first, &canaries)
            let holder = world.holder(filed)
            let unfinished = try await world.casefile.goOn(
                word("cut file name"), of: .receipt(holder), from: 0, total: 5000, by: 5000)
            try unfinished.append(Array(word("cut file").utf8))
            try await world.casefile.keep(unfinished)

            let loot = try await Loot(world.casefile.database, folder: world.folder)
            // The search itself finds what is there in the open.
            #expect(!loot.places(of: "清棠县纪委监委").isEmpty)
            for text in Self.numbers + [Canaries.mark, filed.receipt.digits, filed.receipt.grouped] {
                #expect(loot.places(of: text) == [], "\(text) lies open")
            }
        }
    }

    /// What the walk through all stories cannot plant: what only a receipt writes, corrections, links.
    private func byHand(
        _ world: SmallWorld, _ filed: Filed, _ first: Filed, _ canaries: inout Canaries
    ) async throws {
        func text(_ place: String) -> InputValue { .text(canaries.word(place)) }
        let holder = world.holder(filed)
        try await world.casefile.message(canaries.word("receipt's message"), from: holder)
        try await world.casefile.askRecusal(
            of: canaries.word("request-recusal.whom"), because: canaries.word("request-recusal.reason"), from: holder)
        try await world.act("message", filed.id, "q.registrar", ["text": text("message.text")])
        let party: [String: InputValue] = [
            "kind": .text("person"), "name": text("amend.reported.name"), "unit": text("amend.reported.unit"),
            "position": text("amend.reported.position"), "management": .text("county"),
        ]
        var correction: ActInput = ["reported": .items([party])]
        for field in ["title", "content", "happened", "location", "demand", "reason"] {
            correction[field] = text("amend.\(field)")
        }
        try await world.act("amend", filed.id, "q.registrar", correction)
        #expect(try await world.view(filed.id, "q.registrar")?.letter?.title == canaries.word("amend.title"))
        var details: ActInput = ["phone": .text("19900007731")]
        for field in ["name", "email", "address", "others", "safe", "reason"] {
            details[field] = text("amend-identity.\(field)")
        }
        try await world.act("amend-identity", filed.id, "q.custodian", details)
        try await world.judge(first.id, at: "q", way: "refer", ["office": try world.office("Q.inspection")])
        let number = try await world.view(first.id, "q.registrar")?.number ?? ""
        let linked = try await world.casefile.file(
            Filing(organ: "Q", letter: SmallWorld.letter([SmallWorld.clerkOfTheTown])))
        try await world.act("register", linked.id, "q.registrar")
        try await world.act(
            "link", linked.id, "q.triage", ["original": .text(number), "opinion": text("link.opinion")])
        try await world.act("unlink", linked.id, "q.triage", ["opinion": text("unlink.opinion")])
        try await world.handle(first.id, at: "q")
        try await world.casefile.object(canaries.word("object.text"), from: world.holder(first))
        try await world.act(
            "feedback", first.id, "q.handler", ["way": .text("platform"), "text": .text("再次说明")])
        try await world.casefile.rate(
            Rating(score: 4, settled: true, comment: canaries.word("rating")), from: world.holder(first))
        // Numbers and places are codes, and stand open; a telephone number and an identity number have digits.
        let planted = Set(canaries.words.keys).union([
            "link.original", "amend.place", "amend-identity.phone", "amend-identity.id",
        ])
        #expect(ThiefOfStories.byHand.subtracting(planted) == [])
    }
}

extension [UInt8] {
    func contains(bytes needle: [UInt8]) -> Bool {
        Data(self).range(of: Data(needle)) != nil
    }
}
