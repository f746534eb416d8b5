package import Casework
import Foundation
import Kernel
import Similarity

/// A value that a model proposes for a field of a form. It decides nothing: the form is filled in by people.
package struct FieldSuggestion: Sendable, Hashable {
    package let field: String
    /// A value of the field's own choices.
    package let value: String
    /// The stretches of the letter that spoke most for it, the strongest first.
    package let because: [String]
    /// Of the texts that were held back from training and that the model gave this value, the share to which people gave it
    /// too; 0 to 1. `nil` for a model that was not measured.
    package let precision: Double?
    /// How many texts it was trained on.
    package let texts: Int
}

/// Why a model is not used.
package enum SuggesterFault: Error, Hashable, CustomStringConvertible {
    /// No model at all, or one of another version of this program.
    case notAModel(String)
    case damaged(String)

    package var description: String {
        switch self {
        case .notAModel(let file):
            "\(file) is no model of this program. Train it anew (mingjian suggest train), or remove it."
        case .damaged(let file): "\(file) is damaged. Train it anew (mingjian suggest train), or remove it."
        }
    }
}

/// Models that people trained on texts of their own, by the field for which they propose a value: files of one folder, named
/// after their fields (`problem.model`). Labels that are no value and no label of the field's choices are never proposed.
package struct Suggesters: Sendable {
    package static let none = Suggesters(models: [:])
    private static let suffix = ".model"

    private let models: [String: LinearModel]

    private init(models: [String: LinearModel]) { self.models = models }

    /// Reads the models of a folder; none where there is no such folder. Throws ``SuggesterFault`` for a file that is none.
    package init(folder: String) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var models: [String: LinearModel] = [:]
        for name in names.sorted() where name.hasSuffix(Self.suffix) {
            let path = folder + "/" + name
            let bytes = Array(try Data(contentsOf: URL(filePath: path)))
            do {
                models[String(name.dropLast(Self.suffix.count))] = try LinearModel(fileBytes: bytes)
            } catch ModelFileError.notAModel {
                throw SuggesterFault.notAModel(path)
            } catch {
                throw SuggesterFault.damaged(path)
            }
        }
        self.models = models
    }

    /// Fields with a model, and how many texts each was trained on.
    package var fields: [(name: String, texts: Int)] {
        models.map { ($0.key, $0.value.texts) }.sorted { $0.name < $1.name }
    }

    /// What the models propose for the fields of these acts, each field once.
    func suggestions(for letter: Letter, acts: [ActRule]) -> [FieldSuggestion] {
        let fields = acts.flatMap(\.fields).filter { $0.kind == .choice && models[$0.name] != nil }
        guard !fields.isEmpty, let text = try? LetterMarks.text(of: letter) else { return [] }
        var found: [FieldSuggestion] = []
        for field in fields where !found.contains(where: { $0.field == field.name }) {
            guard let model = models[field.name] else { continue }
            // Below 0 the model only says what is least unlike.
            for suggestion in model.suggestions(for: text, limit: Self.looked) where suggestion.margin > 0 {
                guard let choice = field.choices.first(where: { $0.isCalled(suggestion.label) }) else { continue }
                found.append(
                    FieldSuggestion(
                        field: field.name, value: choice.value, because: suggestion.because,
                        precision: suggestion.measured?.precision, texts: model.texts))
                break
            }
        }
        return found
    }

    /// So many labels are looked at for one that the field knows.
    private static let looked = 3
}

extension Choice {
    /// Whether a label that people used in their own tables means this value.
    fileprivate func isCalled(_ label: String) -> Bool {
        value == label || self.label.text("zh-Hans") == label || self.label.text("en") == label
    }
}

extension DoneAct {
    /// What a model had proposed for a field when somebody filled it in.
    package static func suggested(_ field: String) -> String { "suggested-\(field)" }
}
