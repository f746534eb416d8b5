import Administration
import ArgumentParser
import Casefile
import Casework
import Database
import DatabaseSQLite
import Foundation
import Kernel
import Sealing

struct Initialise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes a real installation: root organ, first administrator, escrow holders.")

    @OptionGroup var place: PlaceOptions
    @Option(help: "Code of the root organ.") var organCode: String
    @Option(help: "Name of the root organ.") var organName: String
    @Option(help: "Its name in English.") var organNameEnglish: String?
    @Option(help: "province, city, county or township.") var level: String = "county"
    @Option(help: "Region code (GB/T 2260).") var region: String
    @Option(help: "User name of the first administrator.") var administrator: String = "admin"
    @Option(help: "Name of the first administrator.") var administratorName: String
    @Option(help: "Name of an escrow holder; give it three times.") var holder: [String]

    func validate() throws {
        if holder.count != 3 { throw ValidationError("Name three escrow holders: any two of them can restore a key.") }
        if OrganLevel(rawValue: level) == nil || level == "dispatched" {
            throw ValidationError("The level is province, city, county or township.")
        }
        if RegionCode(region) == nil { throw ValidationError("The region is a code of 6, 9 or 12 digits.") }
    }

    func run() async throws {
        let installation = try await Installation.open(place.place, create: true)
        let casefile = installation.casefile
        guard try await casefile.world().root == nil else { throw PlaceError.worldExists(place.data) }
        guard let region = RegionCode(region), let level = OrganLevel(rawValue: level) else { return }
        var lines: [String] = []
        var holders: [(holder: EscrowHolder, sealedKey: [UInt8])] = []
        for (index, name) in holder.enumerated() {
            let key = PrivateKey.generate()
            let password = OneTimePassword.make()
            let sealed = try await casefile.gate.seal(secret: key.bytes, password: password)
            holders.append(
                (EscrowHolder(position: index + 1, name: name, publicKey: key.publicKey), sealed))
            lines.append("escrow holder \(index + 1)\t\(name)\t\(password)")
        }
        try await casefile.appoint(holders)
        let organ = Organ(
            id: .ordered(at: casefile.clock.now()), code: organCode, name: organName,
            nameEnglish: organNameEnglish ?? organName, shortName: organName, level: level, parent: nil,
            region: region, attachedUnit: nil, aliases: [organName])
        let office = Office(
            id: .ordered(at: casefile.clock.now()), organ: organ.id, code: "administration", name: "综合室",
            nameEnglish: "General office", kind: .administration)
        let password = OneTimePassword.make()
        let person = Staff(
            id: .ordered(at: casefile.clock.now()), username: administrator, name: administratorName,
            nameEnglish: administratorName, organ: organ.id, aliases: [], kin: [], active: true)
        let staff = try await NewStaff.make(
            person, places: [(office.id, .administrator)], password: password, mustChange: true,
            gate: casefile.gate, cost: casefile.passwordCost)
        try await casefile.enlarge(organs: [organ], offices: [office], staff: [staff])
        try await installation.set("kind", "real")
        await installation.close()
        print("administrator\t\(administrator)\t\(password)")
        for line in lines { print(line) }
        print("Each password is shown this once. Hand every holder theirs on paper, sealed; the administrator changes")
        print("the first one at sign-in. Keep \(place.place.keys) apart from \(place.data), and back up both.")
    }
}
