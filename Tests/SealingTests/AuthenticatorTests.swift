import Foundation
import Kernel
import Testing

@testable import Sealing

struct AuthenticatorTests {
    /// RFC 6238, appendix B: the seeds are the digits 1 to 0, repeated to the length of the hash.
    @Test(arguments: [
        (59, "94287082", "46119246", "90693936"), (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"), (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"), (20_000_000_000, "65353130", "77737706", "47863826"),
    ])
    func `the codes are those of RFC 6238`(seconds: UInt64, sha1: String, sha256: String, sha512: String) {
        func seed(_ count: Int) -> [UInt8] { (1...count).map { UInt8(ascii: "0") + UInt8($0 % 10) } }
        let step = seconds / 30
        #expect(Authenticator.code(secret: seed(20), step: step, digits: 8, hash: .sha1) == sha1)
        #expect(Authenticator.code(secret: seed(32), step: step, digits: 8, hash: .sha256) == sha256)
        #expect(Authenticator.code(secret: seed(64), step: step, digits: 8, hash: .sha512) == sha512)
    }

    /// RFC 4226, appendix D.
    @Test func `six digits are those of RFC 4226`() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        for (step, code) in codes.enumerated() {
            #expect(
                Authenticator.code(
                    secret: Array("12345678901234567890".utf8), step: UInt64(step), digits: 6, hash: .sha1)
                    == code)
        }
    }

    @Test func `a code is good for its step and one either way, and never after one that came later`() throws {
        let authenticator = Authenticator.random()
        let start = Instant(milliseconds: 1_800_000_000_000)
        let code = authenticator.code(at: start)
        let step = try #require(authenticator.step(of: code, at: start, after: nil))
        for seconds: Int64 in [-30, 0, 29, 30, 59] {
            #expect(authenticator.step(of: code, at: start.adding(seconds: seconds), after: step - 1) == step)
        }
        for seconds: Int64 in [-31, 60, 3600] {
            #expect(authenticator.step(of: code, at: start.adding(seconds: seconds), after: nil) == nil)
        }
        #expect(authenticator.step(of: code, at: start, after: step) == nil)
        #expect(authenticator.step(of: " \(code.prefix(3)) \(code.dropFirst(3)) ", at: start, after: nil) == step)
        let wide = String(
            String.UnicodeScalarView(code.unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xFEE0) }))
        #expect(authenticator.step(of: wide, at: start, after: nil) == step)
        for wrong in ["", String(code.dropLast()), code + "0", "000000000000", String(repeating: "9", count: 100_000)] {
            #expect(authenticator.step(of: wrong, at: start, after: nil) == nil)
        }
    }

    @Test func `an app is shown the secret in the form that it knows`() throws {
        let authenticator = try #require(Authenticator(bytes: Array("12345678901234567890".utf8)))
        #expect(authenticator.text == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        #expect(
            authenticator.address(issuer: "明 鉴", account: "qt.letters1&x=") == "otpauth://totp/%E6%98%8E%20%E9%89%B4:"
                + "qt.letters1%26x%3D?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E6%98%8E%20%E9%89%B4"
                + "&algorithm=SHA1&digits=6&period=30")
        #expect("\(authenticator)" == "Authenticator(…)" && Authenticator(bytes: [1, 2, 3]) == nil)
        // RFC 4648 §10, without the padding.
        for (plain, coded) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            #expect(Base32.encode(Array(plain.utf8)) == coded)
        }
    }

    @Test func `a recovery code is read however it is typed, and its mark belongs to one person`() throws {
        let (code, key) = (RecoveryCode.random(), SecretKey.random())
        let mark = code.mark(of: "one", key: key)
        for typed in [code.text, code.text.uppercased(), code.text.replacingOccurrences(of: "-", with: " ")] {
            let read = try #require(RecoveryCode(typed: typed))
            #expect(read.fits(mark, of: "one", key: key))
            #expect(!read.fits(mark, of: "other", key: key) && !read.fits(mark, of: "one", key: .random()))
        }
        #expect(!RecoveryCode.random().fits(mark, of: "one", key: key))
        for wrong in ["", "abcd", code.text + "a", "0000-0000-0000", String(repeating: "a", count: 100_000)] {
            #expect(RecoveryCode(typed: wrong) == nil)
        }
    }
}
