import HTTPTypes
import Synchronization
import Testing

@testable import Site

struct GuardTests {
    private final class Time: Sendable {
        let seconds = Mutex(0.0)
        func pass(_ more: Double) { seconds.withLock { $0 += more } }
    }

    private func limit(_ time: Time, capacity: Int = 1000, isOn: Bool = true) -> RateLimit {
        RateLimit(isOn: isOn, capacity: capacity) { time.seconds.withLock { $0 } }
    }

    private func wait(_ limit: RateLimit, _ rule: RateLimit.Rule, _ caller: String) -> String? {
        do throws(SiteError) { try limit.consume(rule, for: caller) } catch { return error.headers[.retryAfter] }
        return nil
    }

    @Test func `whoever is over the limit learns when to come back, and nobody else is held up`() {
        let time = Time()
        let limit = limit(time)
        let rule = RateLimit.Rule("filing", burst: 2, perHour: 60)
        #expect(wait(limit, rule, "a") == nil && wait(limit, rule, "a") == nil)
        #expect(wait(limit, rule, "a") == "60" && wait(limit, rule, "b") == nil)
        time.pass(60)
        #expect(wait(limit, rule, "a") == nil && wait(limit, rule, "a") == "60")
    }

    @Test func `a change of keys forgives nobody who keeps coming`() {
        let time = Time()
        let limit = limit(time)
        let rule = RateLimit.Rule("r", burst: 1, perHour: 1)
        #expect(wait(limit, rule, "a") == nil)
        time.pass(590)
        #expect(wait(limit, rule, "a") != nil)
        time.pass(20)
        #expect(wait(limit, rule, "a") != nil)
        time.pass(600)
        #expect(wait(limit, rule, "a") != nil)
    }

    @Test func `a million callers take no more than the table holds`() {
        let time = Time()
        let limit = limit(time, capacity: 500)
        let rule = RateLimit.Rule("r", burst: 1, perHour: 1)
        for caller in 0..<5000 {
            _ = wait(limit, rule, String(caller))
            time.pass(1)
            #expect(limit.count <= 501)
        }
    }

    @Test func `limits that are off hold nobody up`() {
        let limit = limit(Time(), isOn: false)
        let rule = RateLimit.Rule("r", burst: 1, perHour: 1)
        for _ in 0..<10 { #expect(wait(limit, rule, "a") == nil) }
    }

    @Test func `a form token follows from its secret and nothing else`() {
        #expect(FormToken.derive(from: "a") == FormToken.derive(from: "a"))
        #expect(FormToken.derive(from: "a") != FormToken.derive(from: "b"))
        #expect(FormToken.derive(from: "a").count == 32)
    }

    @Test(
        arguments: [
            (nil, Language.zhHans), ("en", .en), ("en-GB,zh;q=0.5", .en), ("fr,en;q=0.3,zh-CN;q=0.9", .zhHans),
            ("fr", .zhHans), (";;;,q=", .zhHans), ("en;q=0", .zhHans),
        ] as [(String?, Language)]) func `the language follows what the browser prefers`(
            field: String?, language: Language
        )
    {
        #expect(Language.preferred(by: field) == language)
    }
}
