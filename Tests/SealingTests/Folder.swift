import Foundation
import Kernel

@testable import Sealing

/// A folder for one test, gone with it.
final class Folder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("sealing-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func names(in name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
    }

    func read(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: url.appendingPathComponent(name))) }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: url.appendingPathComponent(name))
    }

    func setMode(_ mode: Int, _ name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
    }
}

/// So many bytes, each one more than the last.
func bytes(from first: UInt8, _ count: Int) -> [UInt8] {
    (0..<count).map { first &+ UInt8(truncatingIfNeeded: $0) }
}

extension Binding {
    static let sample = Binding(report: "5f1c", field: "content", purpose: "letter")

    /// The same with one part changed, or text moved from one part to the next.
    static let others = [
        Binding(report: "5f1d", field: "content", purpose: "letter"),
        Binding(report: "5f1c", field: "title", purpose: "letter"),
        Binding(report: "5f1c", field: "content", purpose: "case"),
        Binding(report: "5f1cc", field: "ontent", purpose: "letter"),
        Binding(report: "5f1c", field: "contentl", purpose: "etter"),
    ]
}
