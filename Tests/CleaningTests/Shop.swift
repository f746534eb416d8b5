import Foundation

@testable import Cleaning

/// A workshop whose only recipe is a script of the test: what a hostile file would do if it took over a tool.
struct Shop {
    let workshop: Workshop
    let folder: String
    let recipe: CleaningRules.Kind

    init(
        _ script: String, sandbox: Sandbox = .namespaces, seconds: Int = 5, folderBytes: Int = 8 << 20, parts: Int = 3,
        atOnce: Int = 2
    ) throws {
        folder = NSTemporaryDirectory() + "shop-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: folder + "/work.sh"))
        let limits = """
            {seconds: \(seconds), cpuSeconds: \(seconds), memoryBytes: 1073741824, folderBytes: \(folderBytes), \
            outputBytes: 4194304, parts: \(parts), processes: 512, descriptors: 64}
            """
        let rules = try CleaningRules(
            yaml: """
                version: test
                atOnce: \(atOnce)
                patienceSeconds: 1
                textBytes: 100
                markedSeconds: 60
                recipes:
                  work: {script: work.sh, limits: \(limits)}
                  mark: {script: work.sh, limits: \(limits)}
                  stamp: {script: work.sh, limits: \(limits)}
                kinds:
                  - {type: any, recipe: work, shown: file}
                """, scripts: folder)
        workshop = Workshop(rules: rules, sandbox: sandbox)
        recipe = rules.kinds[0]
    }

    func clean(_ bytes: [UInt8] = Array("plain evidence".utf8)) async throws -> Cleaned {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await workshop.clean({ try $0(bytes) }, kind: recipe)
    }

    /// What this process left in memory-backed storage.
    static var leftovers: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? [])
            .filter { $0.hasPrefix("mingjian-\(ProcessInfo.processInfo.processIdentifier)-") }
    }

    /// Whether something becomes so; a busy machine has a minute for it.
    static func comesTrue(_ isSo: () -> Bool) async throws -> Bool {
        for _ in 0..<1200 where !isSo() { try await Task.sleep(for: .milliseconds(50)) }
        return isSo()
    }

    /// The processes that have a word in their command line.
    static func processes(naming word: String) -> Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { Int($0) != nil }
            .filter { number in
                (try? String(contentsOfFile: "/proc/\(number)/cmdline", encoding: .utf8))?.contains(word) ?? false
            }.count
    }
}

extension Cleaned {
    /// The first part as text; `nil` where it was refused.
    var text: String? {
        guard case .made(let parts, _, _) = self else { return nil }
        return parts.first.map { String(decoding: $0, as: UTF8.self) }
    }
}
