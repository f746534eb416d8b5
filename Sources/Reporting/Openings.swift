import Casefile
import Casework
import Site

extension ReceiptView {
    /// What is told to the reporter beside the conversation: that the identity was opened, when, why and for how long.
    func notices(_ workflow: Workflow, _ texts: Catalogue) -> [Turn] {
        let told = conversation.filter { ["notice", "reply"].contains($0.kind) }
        let opened = openings.map { opening in
            let text = texts.format(
                "opened.notice",
                [
                    "ground": workflow.label("identity-ground", opening.ground, texts.language.rawValue),
                    "window": workflow.label("identity-window", opening.window, texts.language.rawValue),
                ])
            return Turn(at: opening.at, from: "office", kind: "identity-opened", text: text)
        }
        return (told + opened).sorted { $0.at < $1.at }
    }
}
