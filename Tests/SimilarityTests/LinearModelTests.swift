import Foundation
import Similarity
import Testing

struct LinearModelTests {
    let normaliser: Normaliser

    init() throws {
        normaliser = try .shipped()
    }

    /// Sentences of two subjects, each put together differently.
    func examples(_ count: Int) throws -> [LabelledText] {
        let subjects = [
            ("环保", ["污水", "臭味", "粉尘", "噪音", "排污口", "烟囱"]), ("教育", ["老师", "补课", "学校", "学费", "食堂", "招生"]),
        ]
        return try (0..<count).map { number in
            let (label, words) = subjects[number % 2]
            let text = "反映\(number % 13)号\(words[number % 6])问题，\(words[(number / 6) % 6])严重，请领导处理"
            return LabelledText(text: try normaliser(text), label: label)
        }
    }

    @Test func `a suggestion names its words and how good it proved`() throws {
        let examples = try examples(120)
        var model = try LinearModel(training: examples)
        model.measured = try Measure(of: examples)
        let suggestion = try #require(model.suggestions(for: try normaliser("河边的排污口又排污水")).first)
        #expect(suggestion.label == "环保" && suggestion.margin > 0)
        #expect(suggestion.because.contains { "排污口污水".contains($0) })
        #expect((suggestion.measured?.f1 ?? 0) > 0.9 && (model.measured?.macroF1 ?? 0) > 0.9)
        #expect(model.suggestions(for: try normaliser("")).isEmpty)
    }

    @Test func `the same texts give the same file, and the file the same suggestions`() throws {
        let examples = try examples(60)
        let model = try LinearModel(training: examples)
        let bytes = try model.fileBytes()
        #expect(try LinearModel(training: examples).fileBytes() == bytes)
        let read = try LinearModel(fileBytes: bytes)
        let text = try normaliser("学校食堂的老师补课收学费")
        #expect(read.suggestions(for: text).map(\.label) == model.suggestions(for: text).map(\.label))
        #expect(read.labels == ["教育", "环保"] && read.texts == 60)
    }

    @Test func `a file that was cut or changed is refused`() throws {
        let bytes = try LinearModel(training: try examples(20)).fileBytes()
        #expect(throws: ModelFileError.notAModel) { try LinearModel(fileBytes: []) }
        #expect(throws: ModelFileError.notAModel) { try LinearModel(fileBytes: Array("mingjian-suggest 2\n".utf8)) }
        #expect(throws: ModelFileError.damaged) { try LinearModel(fileBytes: Array(bytes.dropLast())) }
        #expect(throws: ModelFileError.damaged) { try LinearModel(fileBytes: Array(bytes.prefix(40))) }
    }

    @Test func `nobody trains on one label or on nine texts`() throws {
        #expect(throws: TrainingError.texts(8)) { try LinearModel(training: try examples(8)) }
        let one = try examples(40).filter { $0.label == "环保" }
        #expect(throws: TrainingError.labels(1)) { try LinearModel(training: one) }
    }
}
