import ArgumentParser
import Foundation
import Kernel
import Similarity

/// Learns from rows that people labelled what label a new text may deserve.
struct Suggest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest", abstract: "Trains and measures what suggests a category for a text.",
        subcommands: [Train.self, Evaluate.self])

    struct Examples: ParsableArguments {
        @Argument(help: "A CSV file in UTF-8 or GB 18030, the first line its header.") var file: String
        @Option(help: "A column to learn from; may be given several times. Title and content otherwise.")
        var text: [String] = []
        @Option(help: "The column of the label that people gave; rows without one are passed over.") var label: String

        func read() throws -> [LabelledText] {
            let columns = try TextColumns(path: file, text: text)
            let label = try TextColumns.column(label, of: columns.table)
            let normaliser = try Normaliser.shipped()
            return try zip(columns.rows, columns.table.rows).compactMap { row, values in
                let given = values.values[label].trimmingCharacters(in: .whitespacesAndNewlines)
                return given.isEmpty ? nil : LabelledText(text: try normaliser(row.text), label: given)
            }
        }
    }

    struct Train: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trains a model, measures it on texts held back, and writes it to a file.")
        @OptionGroup var examples: Examples
        @Option(help: "The file to write; one that is there is replaced.") var out: String

        /// Beyond so many texts one part is held back instead of each in turn.
        private static let fewTexts = 2000

        func run() async throws {
            let texts = try examples.read()
            do {
                var model = try LinearModel(training: texts)
                model.measured = try Measure(of: texts, heldBack: texts.count > Self.fewTexts ? 1 : 5)
                try Data(try model.fileBytes()).write(to: URL(filePath: out), options: .atomic)
                print("\(texts.count) texts, \(model.labels.count) labels, \(out)")
                if let measured = model.measured { print(measured.table) }
            } catch let error as TrainingError {
                throw ValidationError(error.words)
            }
        }
    }

    struct Evaluate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How well a model does that is trained on four fifths and asked for the last, in turn.")
        @OptionGroup var examples: Examples
        @Option(help: "Into how many parts the texts are divided.") var folds = 5
        @Flag(help: "Print the outcome as JSON.") var json = false

        func run() async throws {
            guard (2...20).contains(folds) else { throw ValidationError("--folds is 2 to 20.") }
            do {
                let measure = try Measure(of: try examples.read(), folds: folds)
                guard json else { return print(measure.table) }
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys]
                print(String(decoding: try encoder.encode(measure), as: UTF8.self))
            } catch let error as TrainingError {
                throw ValidationError(error.words)
            }
        }
    }
}

extension Measure {
    /// A line for each label, and one for all.
    fileprivate var table: String {
        let lines = labels.sorted { $0.key < $1.key }.map { label, measure in
            String(format: "%.3f\t%.3f\t%.3f\t%d\t", measure.precision, measure.recall, measure.f1, measure.texts)
                + label
        }
        let all = String(format: "macro-F1 %.3f, accuracy %.3f", macroF1, accuracy)
        let held = "\(heldBack) of \(folds) parts held back in turn"
        return (["precision\trecall\tF1\ttexts\tlabel"] + lines + ["\(all), \(held)"]).joined(separator: "\n")
    }
}

extension TrainingError {
    fileprivate var words: String {
        switch self {
        case .labels(let count): "There are \(count) labels; 2 to \(LinearModel.maximumLabels) can be told apart."
        case .texts(let count): "There are \(count) texts with a label; 10 are needed at least."
        }
    }
}
