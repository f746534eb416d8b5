import Foundation
import HTTPTypes
import Hummingbird
import Synchronization
import Testing

@testable import Site

/// What lets people through who are over the limit of an address that they share.
struct PassTests {
    private final class Time: Sendable {
        private let seconds = Mutex(100.0)
        var now: Double { seconds.withLock { $0 } }
        func pass(_ more: Double) { seconds.withLock { $0 += more } }
    }

    /// Rules with a small computation.
    static func rules(_ change: (String) -> String = { $0 }) throws -> VisitorRules {
        let rate =
            "{free: {atOnce: 2, perHour: 60}, proven: {atOnce: 2, perHour: 12}, waited: {atOnce: 1, perHour: 4}, admitted: {atOnce: 2, perHour: 60}, why: w}"
        let text = """
            quotas: {filing: \(rate)}
            proof: {challengeSeconds: 600, passSeconds: 900, why: w, steps: [{from: 0, pieces: 4, bits: 8}, {from: 3, pieces: 4, bits: 9}]}
            wait: {seconds: 120, passSeconds: 900, why: w}
            leave: {to: "https://weather.example/now", why: w}
            """
        let file = NSTemporaryDirectory() + "visitors-\(UUID()).yaml"
        try change(text).write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try VisitorRules(file: file, quotas: ["filing"])
    }

    private func passes(_ time: Time, capacity: Int = 1000) throws -> Passes {
        Passes(try Self.rules(), capacity: capacity) { time.now }
    }

    private func solved(_ challenge: Challenge, bits: Int? = nil) -> String {
        let numbers = (0..<challenge.pieces).map { index in
            (0...).first { Passes.zeros("\(challenge.text):\(index):\($0)") >= bits ?? challenge.bits } ?? 0
        }
        return challenge.text + "." + numbers.map { String($0) }.joined(separator: ",")
    }

    private func refusal(_ passes: Passes, _ proof: String) -> ProofError? {
        do throws(ProofError) { _ = try passes.accept(proof) } catch { return error }
        return nil
    }

    @Test func `whoever computes gets a pass, once for each challenge, for a time`() throws {
        let time = Time()
        let passes = try passes(time)
        let proof = solved(passes.challenge())
        let pass = try passes.accept(proof)
        guard case .good(isProven: true, let bucket) = passes.standing(pass) else { throw Missing() }
        #expect(bucket.count == 32)
        #expect(refusal(passes, proof) == .used)
        time.pass(899)
        #expect(passes.standing(pass) != .none)
        time.pass(1)
        #expect(passes.standing(pass) == .none)
    }

    @Test func `a proof that is made up, cut off, too easy or too late is told apart and earns nothing`() throws {
        let time = Time()
        let (passes, others) = (try passes(time), try passes(time))
        let challenge = passes.challenge()
        let proof = solved(challenge)
        #expect(refusal(others, proof) == .forged, "of another server, or of before a restart")
        let whole = proof.prefix { $0 != "." }.count + 1
        for cut in 0...whole { #expect(refusal(passes, String(proof.prefix(cut))) == .forged) }
        #expect(refusal(passes, String(proof.prefix(upTo: proof.lastIndex(of: ",") ?? proof.endIndex))) == .forged)
        #expect(refusal(passes, proof + ",1") == .forged && refusal(passes, String(proof.dropFirst())) == .forged)
        let numbers = proof.split(separator: ".")[1].split(separator: ",")
        #expect(refusal(passes, challenge.text + "." + numbers.reversed().joined(separator: ",")) == .wrong)
        #expect(refusal(passes, challenge.text + ".0,0,0,0") == .wrong)
        for bad in ["-1", "1e3", "9999999999999", " 1", "１"] {
            let list = [Substring(bad)] + numbers.dropFirst()
            #expect(refusal(passes, challenge.text + "." + list.joined(separator: ",")) == .forged)
        }
        // Neither difficulty nor time can be changed by whoever computes.
        for position in 0..<64 {
            var letters = Array(proof)
            letters[position] = letters[position] == "A" ? "B" : "A"
            #expect(refusal(passes, String(letters)) == .forged)
        }
        #expect(refusal(passes, passes.waiting() + ".1,2,3,4") == .forged, "a pass is no challenge")
        time.pass(600)
        #expect(refusal(passes, proof) == .expired)
        time.pass(7200)
        #expect(refusal(passes, proof) == .forged, "its key is gone")
    }

    @Test func `of many who send one proof at the same moment one gets a pass`() async throws {
        let passes = try passes(Time())
        let proof = solved(passes.challenge())
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { self.refusal(passes, proof) == nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(taken == 1)
    }

    @Test func `used proofs stay used although few are remembered, and the more come the harder it gets`() throws {
        let time = Time()
        let passes = try passes(time, capacity: 4)
        var proofs: [String] = []
        var bits: [Int] = []
        for _ in 0..<12 {
            let challenge = passes.challenge()
            bits.append(challenge.bits)
            proofs.append(solved(challenge))
            #expect(refusal(passes, proofs.last ?? "") == nil)
        }
        for proof in proofs { #expect([.used, .forged].contains(refusal(passes, proof))) }
        #expect(Set(bits) == [8, 9])
    }

    @Test func `whoever waits is let through then and not before, and a stranger's pass is none`() throws {
        let time = Time()
        let passes = try passes(time)
        let pass = passes.waiting()
        #expect(passes.standing(pass) == .early(seconds: 120))
        time.pass(119.5)
        #expect(passes.standing(pass) == .early(seconds: 1))
        time.pass(0.5)
        guard case .good(isProven: false, _) = passes.standing(pass) else { throw Missing() }
        #expect(try self.passes(time).standing(pass) == .none)
        #expect(passes.standing(String(pass.dropLast())) == .none && passes.standing(passes.challenge().text) == .none)
        time.pass(900)
        #expect(passes.standing(pass) == .none)
    }

    struct Missing: Error {}

    @Test(arguments: [
        ("bits: 8", "bits: 40"), ("from: 0", "from: 1"), ("why: w}\nleave", "why: ' '}\nleave"), ("filing:", "other:"),
        ("https://weather.example/now", "http://weather.example/"), ("seconds: 120", "seconds: 3000"),
        ("waited: {atOnce: 1", "waited: {atOnce: 9"), ("pieces: 4", "pieces: 0"), ("perHour: 60", "perHour: 0"),
    ]) func `rules that are not whole are refused at the start`(part: String, wrong: String) throws {
        #expect(throws: VisitorRulesError.self) {
            try Self.rules { text in
                #expect(text.contains(part))
                return text.replacing(part, with: wrong, maxReplacements: 1)
            }
        }
    }

    @Test func `nobody is locked out by others who come from the same address`() async throws {
        // Time stands still: a slow machine gives nobody a second turn.
        let time = Time()
        let turnstile = Turnstile(
            RateLimit(isOn: true, capacity: 1000) { time.now }, rules: try Self.rules(), passes: try passes(time))
        let routes: (Router<SiteContext>) -> Void = { routes in
            routes.post("/act") { request, context in
                do { try turnstile.admit("filing", request, context) } catch let crowd as Crowded {
                    var response = Response(status: .tooManyRequests)
                    response.headers[.contentLanguage] = crowd.pass ?? "-"
                    return response
                }
                return Response(status: .ok)
            }
            routes.post("/api/act") { request, context in
                try turnstile.admit("filing", request, context)
                return Response(status: .ok)
            }
        }
        try await TestServer.run(routes: routes) { server in
            for _ in 0..<2 { #expect(await server.send("POST", "/act").status == 200) }
            let refused = await server.send("POST", "/api/act")
            #expect(refused.status == 429 && Int(refused.field("Retry-After") ?? "") ?? 0 >= 1)
            let parts = (refused.field("Proof-Challenge") ?? "").split(separator: ";")
            let numbers = parts.dropFirst().compactMap { Int($0.split(separator: "=").last ?? "") }
            guard numbers.count == 2 else { throw Missing() }
            let proof = self.solved(Challenge(text: String(parts[0]), pieces: numbers[0], bits: numbers[1]))
            #expect(await server.send("POST", "/api/act", ["Proof: \(proof)"]).status == 200)
            let again = await server.send("POST", "/api/act", ["Proof: \(proof)"])
            #expect(again.status == 422 && again.body.contains("proof-used"))
            // A pass of one's own: two at once, whatever the others behind the address do.
            let earned = try turnstile.pass(for: self.solved(try await Self.challenge(server)))
            for expected in [200, 200, 429] {
                #expect(await server.send("POST", "/act", ["Cookie: pass=\(earned)"]).status == expected)
            }
            let early = await server.send("POST", "/act")
            #expect(early.status == 429 && early.field("Content-Language")?.count == 64)
            let kept = await server.send("POST", "/act", ["Cookie: pass=\(early.field("Content-Language") ?? "")"])
            #expect(kept.status == 429 && kept.field("Content-Language") == "-", "whoever waits does not begin anew")
        }
    }

    private static func challenge(_ server: TestServer) async throws -> Challenge {
        let answer = await server.send("POST", "/api/act")
        let parts = (answer.field("Proof-Challenge") ?? "").split(separator: ";")
        let numbers = parts.dropFirst().compactMap { Int($0.split(separator: "=").last ?? "") }
        guard numbers.count == 2 else { throw Missing() }
        return Challenge(text: String(parts[0]), pieces: numbers[0], bits: numbers[1])
    }
}
