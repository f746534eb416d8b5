import Foundation

/// Reading the resources that ship with the program; used at start only.
enum Files {
    /// The files below a folder with this ending, each with its path inside the folder, in order; none where the
    /// folder does not exist.
    static func list(_ folder: String, ending: String) throws -> [(name: String, path: String)] {
        guard let found = FileManager.default.enumerator(atPath: folder) else { return [] }
        var names: [String] = []
        for case let name as String in found where name.hasSuffix(ending) { names.append(name) }
        return names.sorted().map { ($0, folder + "/" + $0) }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
