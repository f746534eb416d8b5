import Similarity
import Testing

struct NormaliserTests {
    let normaliser: Normaliser

    init() throws {
        normaliser = try .shipped()
    }

    func plain(_ text: String) throws -> String { try normaliser(text).text }

    @Test(arguments: [
        ("ＡＢＣ１２３，　你好！", "abc123你好"), ("幹部貪汙", "干部贪污"), ("一万五", "15000"), ("一万零五", "10005"),
        ("3.5万元", "35000元"), ("３．５萬元", "35000元"), ("三万五千元", "35000元"), ("35,000元", "35000元"),
        ("二〇一九年", "2019年"), ("二百六十", "260"), ("十几人", "10几人"), ("十九万", "190000"), ("1.2亿", "120000000"),
        ("千方百计", "千方百计"), ("万一", "万1"), ("1,2,3", "123"), ("壹拾贰萬元", "120000元"), ("。，、；", ""), ("", ""),
        ("3.25元", "3.25元"), ("说：“不行”……", "说不行"), ("🙏🙏", "🙏🙏"), ("e\u{301}", "é"), ("\u{200B}村\u{FE0F}", "村"),
    ])
    func `what two clerks type differently is compared alike`(_ given: String, _ expected: String) throws {
        #expect(try plain(given) == expected)
    }

    @Test func `the amounts and months that a reporter names are found however they are written`() throws {
        let one = try normaliser("二〇二一年三月，冯某收了三万五千元，又收了800块。")
        let two = try normaliser("冯某在2021年3月收３．５万元及八百元")
        #expect(one.amounts == [80_000, 3_500_000] && two.amounts == one.amounts)
        #expect(one.months == [202_103] && two.months == one.months)
        #expect(try normaliser("三个人，五头牛").amounts.isEmpty)
    }

    @Test func `a second normalisation changes nothing`() throws {
        for text in ["馬家溝村委會主任，1,234元", "Ａ市（西湖）建築集團", "一二三四五六七", "🙂村"] {
            let once = try plain(text)
            #expect(try plain(once) == once)
        }
    }

    @Test func `a text of two megabytes, of digits or of what swells, is taken in bounded time`() throws {
        for text in [
            String(repeating: "村", count: 700_000), String(repeating: "9", count: 2_000_000),
            String(repeating: "万", count: 700_000), String(repeating: "一千", count: 350_000),
            String(repeating: "\u{FDFA}", count: 700_000), String(repeating: "🙏", count: 500_000),
            String(repeating: "e\u{301}\u{302}", count: 400_000), String(repeating: "1,111", count: 400_000),
        ] {
            let start = ContinuousClock.now
            let normal = try normaliser(text)
            #expect(normal.units.count <= Normaliser.maximumUnits)
            #expect(ContinuousClock.now - start < .seconds(60))
        }
        #expect(try normaliser(String(repeating: "村", count: 3_000_000)).isCut)
    }
}
