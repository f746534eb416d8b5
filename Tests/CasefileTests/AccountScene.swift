import Casework
import Database
import DatabaseTesting
import Foundation
import Kernel
import Sealing
import Testing

@testable import Casefile

/// A member of staff with a password, in the small world.
struct Account {
    static let password = "seven quiet herons at dawn"
    let world: SmallWorld
    let id: StaffID
    let username: String

    /// Joins offices of the county; the first colleague named lets them in.
    static func make(
        _ world: SmallWorld, _ username: String = "new.clerk", places: [(OfficeKind, Role)] = [],
        letInBy colleagues: [String] = []
    ) async throws -> Account {
        let organ = try #require(world.organs["Q"])
        let person = Staff(
            id: .random(), username: username, name: "新来的", nameEnglish: "Newcomer", organ: organ.id, aliases: [],
            kin: [], active: true)
        let offices = try places.map { kind, role in
            (office: try #require(world.offices["Q.\(kind.rawValue)"]).id, role: role)
        }
        let made = try await NewStaff.make(
            person, places: offices, password: password, mustChange: false, gate: world.casefile.gate, cost: .light)
        try await world.casefile.enlarge(staff: [made])
        let account = Account(world: world, id: person.id, username: username)
        for (office, colleague) in zip(offices, colleagues) {
            try await world.casefile.admit(person.id, to: office.office, by: try world[colleague])
        }
        return account
    }

    func unlocked(_ password: String = password) async throws -> Unlocked {
        try #require(try await world.casefile.unlock(username: username, password: password))
    }

    func signIn(_ password: String = password, code: String? = nil) async throws -> SignedIn {
        try #require(try await world.casefile.signIn(try await unlocked(password), code: code))
    }

    func session(_ signedIn: SignedIn) async throws -> Session {
        try #require(try await world.casefile.session(signedIn.token))
    }

    /// Sets up a second factor and goes two steps on, so that the code that turned it on is past.
    func enrol() async throws -> (app: Authenticator, codes: [RecoveryCode], signedIn: SignedIn) {
        let signedIn = try await signIn()
        let session = try await session(signedIn)
        let app = try await world.casefile.beginSecondFactor(of: session)
        let codes = try await world.casefile.confirmSecondFactor(
            of: session, token: signedIn.token, password: Self.password, code: app.code(at: now))
        world.clock.advance(seconds: 60)
        return (app, codes, signedIn)
    }

    var now: Instant { world.clock.clock.now() }

    func events() async throws -> [AccountEvent.Kind] {
        try await world.casefile.database.read { try AccountEvent.latest($0, of: id, most: 100).map(\.kind) }
    }
}

/// Every byte that a table holds, for searching.
func bytes(of tables: [String], _ world: SmallWorld, _ columns: [String]) async throws -> [UInt8] {
    try await world.casefile.database.read { tx in
        var all: [UInt8] = []
        for table in tables {
            for row in try tx.rows("SELECT * FROM \(raw: table)") {
                for column in columns {
                    if let blob = try? row.get(column, as: [UInt8].self) { all += blob }
                    if let text = try? row.get(column, as: String.self) { all += Array(text.utf8) }
                }
            }
        }
        return all
    }
}
