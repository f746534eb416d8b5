import Foundation

/// A file that the build lays beside the executable, in the folder of one target's resources.
///
/// SwiftPM's own accessor ends the process when that folder is missing; a server must be able to say so instead.
package enum ShippedFile {
    /// Why a shipped file could not be read; carries its name.
    package enum Failure: Error, Hashable {
        case missing(String)
        case notText(String)
    }

    /// The text (UTF-8) of a file that the target declares as a processed resource.
    package static func text(_ name: String, of target: String) throws(Failure) -> String {
        let beside = Bundle.main.bundleURL
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: beside.path)) ?? []
        let file = folders.lazy.filter { $0.hasSuffix("_\(target).resources") }.sorted()
            .map { beside.appendingPathComponent($0).appendingPathComponent(name) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
        guard let file, let data = FileManager.default.contents(atPath: file.path) else { throw .missing(name) }
        guard let text = String(validating: data, as: UTF8.self) else { throw .notText(name) }
        return text
    }
}
