import Casefile
import Casework
import Kernel
import Sealing

/// What reporter and office write to each other.
extension DemoStory {
    mutating func talk(_ id: ReportID, _ holder: ReceiptHolder) async throws {
        for message in report.messages ?? [] {
            pass(1)
            if message.from == "reporter" {
                try? await door.message(message.text, from: holder)
            } else {
                for viewer in people {
                    guard let view = try? await door.report(id, for: viewer),
                        view.acts.contains(where: { $0.rule.name == "message" })
                    else { continue }
                    try await door.perform("message", on: id, by: viewer, input: ["text": .text(message.text)])
                    break
                }
            }
        }
    }
}
