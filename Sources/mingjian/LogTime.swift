import ArgumentParser
import Foundation
import TransparencyLog

/// What the log costs on this machine: for measuring, not for people.
struct LogTime: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "time", abstract: "Leaves integrated a second, disk syncs a batch, milliseconds a proof.")
    @Option(help: "How many leaves, in batches of 1,000.") var leaves = 1_000_000
    @Option(help: "An empty folder on the disk to be measured.") var folder: String

    private static let batch = 1000
    private static let proofs = 200

    func run() throws {
        var tree = LogTree(TileFolder(folder))
        let clock = ContinuousClock()
        var syncs = 0
        var most = 0
        var generator = SystemRandomNumberGenerator()
        let entries = (0..<Self.batch).map { _ in (0..<4).flatMap { _ in Self.bytes(generator.next()) } }
        let spent = try clock.measure {
            for batch in 0..<max(1, leaves / Self.batch) {
                // As every head is published after a batch: its edge lies on the disk too.
                let changed = entries.map { [UInt8(batch & 255)] + $0.dropFirst() }
                let waited = try tree.append(changed) + tree.writeEdge()
                (syncs, most) = (syncs + waited, max(most, waited))
            }
        }
        let batches = max(1, leaves / Self.batch)
        let rate =
            Double(tree.size)
            / Double(spent.components.seconds * 1000 + spent.components.attoseconds / 1_000_000_000_000_000) * 1000
        print("\(Int(rate)) leaves a second, \(tree.size) leaves in batches of \(Self.batch), each with its edge")
        print(String(format: "%.1f disk syncs a batch, at most %d", Double(syncs) / Double(batches), most))
        var slowest = Duration.zero
        var total = Duration.zero
        for _ in 0..<Self.proofs {
            let index = UInt64.random(in: 0..<tree.size)
            let took = try clock.measure {
                guard try TileReader(tree.folder, size: tree.size).inclusion(of: index) != nil else {
                    throw ExitCode(1)
                }
            }
            (total, slowest) = (total + took, max(slowest, took))
        }
        print(
            "\(Self.milliseconds(total / Self.proofs)) ms a proof, the slowest \(Self.milliseconds(slowest)) ms, of \(Self.proofs)"
        )
        print("\(Self.memory) MB of memory at most")
    }

    /// The most memory that this process had, in MB, as Linux tells it.
    private static var memory: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
    }

    private static func bytes(_ word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }

    private static func milliseconds(_ time: Duration) -> String {
        String(format: "%.3f", Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1000)
    }
}
