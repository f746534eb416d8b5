import HTTPTypes
package import Hummingbird

/// What keeps somebody who is over the limit out, and what lets them in again.
package struct Crowded: Error, Sendable, SiteErrorConvertible {
    /// Seconds until the address may again without more.
    package let retryAfter: Int
    /// Seconds that the holder of this pass still waits.
    package let wait: Int
    /// The pass to set, which holds after the wait; nil where the browser has one already.
    package let pass: String?
    package let challenge: Challenge

    /// 429 with `Retry-After`, and the challenge for programs in `Proof-Challenge`.
    package var siteError: SiteError {
        var error = SiteError.tooMany(retryAfter: retryAfter)
        error.headers[.known("Proof-Challenge")] =
            "\(challenge.text);pieces=\(challenge.pieces);bits=\(challenge.bits)"
        return error
    }
}

/// The limits of visitors without an account.
///
/// Below the limit of an address nothing is asked, and no cookie is read. Above it a person gets through with a pass
/// (``Passes``), a program with a proof of work in the header `Proof`, once for each proof. So nobody is locked out by
/// others who come from the same address, as all who come through Tor do.
package struct Turnstile: Sendable {
    private let limit: RateLimit
    private let passes: Passes
    private let rules: VisitorRules

    /// The cookie that holds a pass.
    package static let cookie = "pass"

    package init(_ limit: RateLimit, rules: VisitorRules) {
        self.init(limit, rules: rules, passes: Passes(rules))
    }

    init(_ limit: RateLimit, rules: VisitorRules, passes: Passes) {
        self.limit = limit
        self.rules = rules
        self.passes = passes
    }

    /// Counts one more of these things for whoever asks.
    ///
    /// - Throws: ``Crowded`` over the limit and without a pass; ``ProofError`` where a proof came and is not good.
    package func admit(_ quota: String, _ request: Request, _ context: SiteContext) throws {
        let seconds: Int
        do throws(SiteError) {
            return try limit.consume(rules.rule(quota, "", \.free), for: context.clientAddress)
        } catch { seconds = error.headers[.retryAfter].flatMap { Int($0) } ?? 1 }
        if let proof = request.headers[.known("Proof")] {
            _ = try passes.accept(proof)
            return
        }
        let held = request.cookie(Self.cookie)
        var wait = rules.wait.seconds
        var isKept = false
        switch passes.standing(held) {
        case .good(let isProven, let bucket):
            if isProven {
                if refusal(rules.rule(quota, " proven", \.proven), bucket) == nil { return }
            } else if let more = refusal(rules.rule(quota, " admitted", \.admitted), context.clientAddress) {
                // The wait is over, but so many have waited that it goes on: the pass stays good.
                (wait, isKept) = (more, true)
            } else if refusal(rules.rule(quota, " waited", \.waited), bucket) == nil {
                return
            }
        case .early(let left): (wait, isKept) = (left, true)
        case .none: break
        }
        throw Crowded(
            retryAfter: seconds, wait: wait, pass: isKept ? nil : passes.waiting(), challenge: challenge())
    }

    /// A fresh challenge, as a refusal carries it.
    package func challenge() -> Challenge { passes.challenge() }

    /// Takes a proof of work and gives the pass that it earns.
    package func pass(for proof: String) throws(ProofError) -> String { try passes.accept(proof) }

    private func refusal(_ rule: RateLimit.Rule, _ caller: String) -> Int? {
        do throws(SiteError) { try limit.consume(rule, for: caller) } catch {
            return error.headers[.retryAfter].flatMap { Int($0) } ?? 1
        }
        return nil
    }
}
