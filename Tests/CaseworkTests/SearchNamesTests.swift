import Casework
import Kernel
import Testing

struct SearchNamesTests {
    private let names: SearchNames
    init() throws { names = try SearchNames.shipped() }

    @Test(arguments: [
        ("張　三書記", "张三"), ("张三（镇长）", "张三"), ("局长李四同志", "李四"), ("欧阳女士", "欧阳"), ("张三、李四", "李四"),
        ("John Smith", "johnsmith"), ("ＪＯＨＮ　smith先生", "johnsmith"), ("王建国常务副书记", "王建国"),
    ])
    func `a name is found without the posts around it`(_ field: String, _ name: String) {
        #expect(names.people(in: field).contains(name), "\(names.people(in: field))")
    }

    @Test func `a name is never stripped to less than two characters`() {
        #expect(names.people(in: "李局长") == ["李局长"])
        #expect(names.people(in: "李文书") == ["李文书"])
        #expect(names.people(in: "书记") == ["书记"])
        #expect(names.people(in: " 张 ").isEmpty && names.people(in: "").isEmpty)
        #expect(names.people(in: String(repeating: "张三、", count: 500)).count == 1)
        #expect(names.people(in: (0..<500).map { "张三\($0)" }.joined(separator: "、")).count <= 40)
    }

    @Test func `a unit is found in any spelling`() {
        #expect(names.units(in: "清棠縣 水務局") == names.units(in: "清棠县水务局"))
        #expect(names.units(in: "清棠县水务局、棠漪镇人民政府").count == 2)
    }

    @Test func `a group of titles without its source is refused`() throws {
        let fold = try SearchFold.shipped()
        #expect(throws: RuleFault.self) {
            try SearchNames(file: "t", text: "groups:\n  - titles: [书记]\n", fold: fold)
        }
    }
}
