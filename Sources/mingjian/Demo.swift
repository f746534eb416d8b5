import Administration
import ArgumentParser
import Casefile
import Casework
import Foundation
import Kernel
import Sealing

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a fictional province with documented passwords, or tells of the one that is there.")

    @OptionGroup var place: PlaceOptions
    @Flag(help: "Print organs and accounts as JSON.") var json = false
    @Option(help: "How many of the fictional reports to play.") var reports = 1000

    func run() async throws {
        try await DemoCommand(json: json, reports: reports).execute(at: place.place)
    }
}

struct DemoCommand: InstallationCommand {
    static let name = "demo"
    static let creates = true
    /// Documented passwords protect nothing: they need not be dear.
    static let cost = PasswordCost.light
    /// The one password of every demonstration account; it stands in the README.
    static let password = "mingjian-demo-2026"

    var json: Bool
    var reports: Int

    func run(_ installation: Installation) async throws -> CommandAnswer {
        if try await installation.setting("kind") == nil, try await installation.casefile.world().root == nil {
            try await build(installation)
        } else if try await installation.setting("kind") != "demo" {
            throw PlaceError.worldExists(installation.place.data)
        }
        return CommandAnswer(text: try await describe(installation))
    }

    private func build(_ installation: Installation) async throws {
        let casefile = try await installation.withRegions(try DemoFiles.text("regions.tsv"))
        var holders: [(holder: EscrowHolder, sealedKey: [UInt8])] = []
        for position in 1...3 {
            let key = PrivateKey.generate()
            holders.append(
                (
                    EscrowHolder(position: position, name: "托管人\(position)", publicKey: key.publicKey),
                    try await casefile.gate.seal(secret: key.bytes, password: Self.password, cost: Self.cost)
                ))
        }
        try await casefile.appoint(holders)
        _ = try await InstitutionImport.organs(csv: try DemoFiles.text("organs.csv"), into: casefile)
        _ = try await InstitutionImport.offices(csv: try DemoFiles.text("offices.csv"), into: casefile)
        _ = try await InstitutionImport.staff(
            csv: try DemoFiles.text("staff.csv"), into: casefile, password: Self.password, mustChange: false)
        try await installation.set("kind", "demo")
        try await DemoPlay(casefile: casefile, password: Self.password).play(try DemoFiles.reports(), most: reports)
    }

    private struct Described: Encodable {
        struct Body: Encodable {
            var code, name, level: String
            var parent: Nullable
        }
        struct Account: Encodable {
            var username, password, organ: String
            var office: Nullable
            var roles: [String]
        }
        /// Written as null where there is none: the root has no parent.
        struct Nullable: Encodable {
            var text: String?

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                if let text { try container.encode(text) } else { try container.encodeNil() }
            }
        }
        var organs: [Body]
        var accounts: [Account]
    }

    private func describe(_ installation: Installation) async throws -> String {
        let world = try await installation.casefile.world()
        let organs = world.organs.values.sorted { $0.code < $1.code }.map { organ in
            Described.Body(
                code: organ.code, name: organ.name, level: organ.level.rawValue,
                parent: .init(text: world.parent(of: organ)?.code))
        }
        let accounts = world.staff.values.filter(\.active).sorted { $0.username < $1.username }.map { person in
            let places = world.places(of: person.id)
            return Described.Account(
                username: person.username, password: Self.password, organ: world.organs[person.organ]?.code ?? "",
                office: .init(text: places.first.flatMap { world.offices[$0.office]?.code }),
                roles: places.map { "\(world.offices[$0.office]?.code ?? ""):\($0.role.rawValue)" }.sorted())
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let data = try encoder.encode(Described(organs: organs, accounts: accounts))
            return String(decoding: data, as: UTF8.self)
        }
        var lines = organs.map { "\($0.code)\t\($0.level)\t\($0.name)" }
        lines.append("")
        lines += accounts.map { "\($0.username)\t\($0.password)\t\($0.organ)\t\($0.roles.joined(separator: " "))" }
        return lines.joined(separator: "\n")
    }
}

/// The files of the demonstration.
enum DemoFiles {
    static func text(_ name: String) throws -> String {
        let url = Bundle.module.bundleURL.appendingPathComponent("demo/\(name)")
        return try String(contentsOf: url, encoding: .utf8)
    }

    static func reports() throws -> [DemoReport] {
        var all: [DemoReport] = []
        for part in 1...5 { all += try DemoReport.list(try text("reports-0\(part).yaml")) }
        return all
    }
}
