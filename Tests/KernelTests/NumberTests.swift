import Kernel
import Testing

struct NumberTests {
    @Test func `resident numbers of the standard are accepted in every spelling`() throws {
        let id = try ResidentID(validating: "１１０１０５ 19491231-002x")
        #expect(id.text == "11010519491231002X" && id.birthday == Day("1949-12-31") && !id.isMale)
        #expect(id.region == RegionCode("110105") && !"\(id)".contains("1949"))
        #expect(try ResidentID(validating: "440524188001010014").birthday == nil)
    }

    @Test func `a mistyped resident number says what is wrong`() {
        func fault(_ text: String) -> ResidentID.Fault? {
            #expect(throws: ResidentID.Fault.self) { _ = try ResidentID(validating: text) }
        }
        #expect(fault("110105491231002") == .length(15) && fault("") == .length(0))
        #expect(fault("1101O519491231002X") == .character(position: 5))
        #expect(fault("X1010519491231002X") == .character(position: 1))
        #expect(fault("990105194912310020") == .region && fault("110105194902300027") == .birthDate)
        #expect(fault("110105194912310021") == .checkDigit && fault("110105194912310X2X") == .character(position: 16))
    }

    @Test func `credit codes are checked`() throws {
        let code = try CreditCode(validating: "91350100m000100y43")
        #expect(code.text == "91350100M000100Y43" && code.region == RegionCode("350100"))
        func fault(_ text: String) -> CreditCode.Fault? {
            #expect(throws: CreditCode.Fault.self) { _ = try CreditCode(validating: text) }
        }
        #expect(fault("91350100M000100Y44") == .checkDigit && fault("9135010OM000100Y43") == .character(position: 8))
        #expect(fault("91350100I000100Y43") == .character(position: 9) && fault("9135") == .length(4))
    }

    @Test(arguments: [
        ("138 0013 8000", "13800138000", PhoneNumber.Kind.mobile), ("+86-138-0013-8000", "13800138000", .mobile),
        ("００８６１３８００１３８０００", "13800138000", .mobile), ("\u{202D}13800138000\u{202C}", "13800138000", .mobile),
        ("8613800138000", "13800138000", .mobile), ("（010）6555－1234", "010-65551234", .landline),
        ("0731 84220000 转 801", "0731-84220000-801", .landline), ("0731-84220000-801", "0731-84220000-801", .landline),
        ("03167654321", "0316-7654321", .landline), ("+86 731 84220000", "0731-84220000", .landline),
        ("+86 (10) 6555-1234", "010-65551234", .landline),
        ("12388", "12388", .service), ("110", "110", .service), ("0731-12388", "0731-12388", .service),
        ("400 810 8888", "400-810-8888", .service),
    ])
    func `telephone numbers are read as people write them`(typed: String, text: String, kind: PhoneNumber.Kind) throws {
        let number = try PhoneNumber(validating: typed)
        #expect(number.text == text && number.kind == kind && !"\(number)".contains("8"))
    }

    @Test func `what is no telephone number says why`() {
        func fault(_ text: String) -> PhoneNumber.Fault? {
            #expect(throws: PhoneNumber.Fault.self) { _ = try PhoneNumber(validating: text) }
        }
        #expect(fault("1380013800") == .prefix && fault("84220000") == .areaCode && fault("") == .length(0))
        #expect(fault("138001380000000") == .length(15) && fault("138O0138000") == .character(position: 4))
        #expect(fault("12800138000") == .prefix && fault("+1 212 555 1234") == .prefix && fault("+") == .prefix)
        #expect(fault(String(repeating: "8", count: 50_000)) == .length(50_000))
    }

    @Test func `check digits catch every wrong digit and every swap`() throws {
        #expect(Mod97.checkDigits(for: "794") == "44" && Mod97.isValid("79444"))
        for _ in 0..<200 {
            let digits = (0..<26).map { _ in String(Int.random(in: 0...9)) }.joined()
            let whole = Array((digits + (try #require(Mod97.checkDigits(for: digits)))).utf8)
            #expect(whole.count == 28 && Mod97.isValid(String(decoding: whole, as: UTF8.self)))
            for position in whole.indices {
                for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != whole[position] {
                    var wrong = whole
                    wrong[position] = digit
                    #expect(!Mod97.isValid(String(decoding: wrong, as: UTF8.self)))
                }
                for other in whole.indices where whole[other] != whole[position] {
                    var swapped = whole
                    swapped.swapAt(position, other)
                    #expect(!Mod97.isValid(String(decoding: swapped, as: UTF8.self)))
                }
            }
        }
        for junk in ["", "1", "44", "79４44", "7944x", "-7944", "0000"] { #expect(!Mod97.isValid(junk)) }
        #expect(Mod97.checkDigits(for: "") == nil && Mod97.checkDigits(for: "7٩4") == nil)
    }

    @Test func `bytes survive both alphabets, and each has one spelling`() {
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max) }
            #expect(Hex.decode(Hex.encode(bytes)) == bytes && Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        // RFC 4648 §10, without the padding.
        #expect(Base64URL.encode("fooba".utf8) == "Zm9vYmE" && Base64URL.encode([0xFB, 0xFF]) == "-_8")
        #expect(Hex.encode("foo".utf8) == "666f6f" && Hex.decode("666F6f") == Array("foo".utf8))
        for junk in ["Zm9vYmF", "Z", "Zg==", "Zm9 ", "+/8", "Zm9vé", "Zh"] { #expect(Base64URL.decode(junk) == nil) }
        for junk in ["6", "6g", "0x66", "６６", " 66"] { #expect(Hex.decode(junk) == nil) }
    }

    @Test func `two spellings of a name are one`() {
        #expect(PlainName.normalised("阿依古丽 · 买买提") == PlainName.normalised("阿依古丽・买买提"))
        #expect(PlainName.normalised("ＡＢＣ（集团）有限公司") == "abc集团有限公司")
        #expect(PlainName.normalised("王　小\u{200B}明") == "王小明" && PlainName.normalised("〇一〇") == "〇一〇")
        #expect(Digits.folded("Ａ１　ｂ－２\u{200E}，") == "A1 b-2，")
    }
}
