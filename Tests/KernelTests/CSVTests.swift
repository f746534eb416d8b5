import Kernel
import Testing

struct CSVTests {
    @Test func `quotes, commas and line breaks inside quotes come through`() throws {
        let table = try CSVTable(text: "a,b\r\n\"x, \"\"y\"\"\",\"one\r\ntwo\nthree\"\r\nplain,\"\"\r\n")
        #expect(table.header == ["a", "b"])
        #expect(table.rows.map(\.values) == [["x, \"y\"", "one\r\ntwo\nthree"], ["plain", ""]])
        #expect(table.rows.map(\.line) == [2, 5])
    }

    @Test func `files as offices send them are read: a mark, empty lines, old line ends, short and long rows`() throws {
        let table = try CSVTable(text: "\u{FEFF} 姓名 ,Organ\r\r张三\r\n\n李四,县纪委,多余\n五\"寸,\"甲\"乙")
        #expect(table.header == ["姓名", "Organ"])
        #expect(table.rows.map(\.values) == [["张三", ""], ["李四", "县纪委"], ["五\"寸", "甲乙"]])
        #expect(table.rows.map(\.line) == [3, 5, 6])
        #expect(table.column("name", "姓名") == 0 && table.column("ORGAN") == 1 && table.column("code") == nil)
        #expect(table.named(table.rows[1]) == ["姓名": "李四", "Organ": "县纪委"])
    }

    @Test func `of two columns of one name the first is meant`() throws {
        let table = try CSVTable(text: "name,name\nfirst,second")
        #expect(table.named(table.rows[0]) == ["name": "first"])
    }

    @Test func `a value that is never closed is named by its line instead of swallowing the rest`() {
        #expect(throws: CSVError.unclosedQuote(line: 3)) { try CSVTable(text: "a\nb\n\"c\nd\ne") }
        #expect(throws: CSVError.empty) { try CSVTable(text: "\u{FEFF}\r\n\n") }
        #expect(throws: CSVError.empty) { try CSVTable(text: "") }
    }

    @Test func `what would fill the memory is refused`() {
        #expect(throws: CSVError.tooManyColumns) { try CSVTable(text: String(repeating: ",", count: 5_000_000)) }
        let wide = String(repeating: "c,", count: 999) + "c\n"
        #expect(throws: CSVError.tooLarge) { try CSVTable(text: wide + String(repeating: ",\n", count: 4001)) }
    }

    @Test func `no junk stops the reader and every row is as wide as the header`() throws {
        var random = SystemRandomNumberGenerator()
        let pieces = ["\"", ",", "\n", "\r", "\r\n", "a", "纪", "\u{0}", "\u{FEFF}", " ", "\"\""]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...40, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard let table = try? CSVTable(text: text) else { continue }
            #expect(table.rows.allSatisfy { $0.values.count == table.header.count }, "\(text.debugDescription)")
            #expect(zip(table.rows, table.rows.dropFirst()).allSatisfy { $0.line < $1.line })
        }
    }
}
