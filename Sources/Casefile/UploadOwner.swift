package import Casework
import Kernel
package import Sealing

/// Whose upload it is: nobody else finds it, and nobody else opens what is kept of it.
package struct UploadOwner: Sendable {
    let name: String
    let privateKey: PrivateKey
    var chosen = ""

    /// - Parameter name: tells owners apart; equal for one owner each time.
    package init(_ name: String, _ privateKey: PrivateKey) {
        self.name = name
        self.privateKey = privateKey
    }

    package static func receipt(_ holder: ReceiptHolder) -> Self {
        Self("receipt " + Hex.encode(holder.lookup), holder.privateKey)
    }

    package static func staff(_ viewer: Viewer, _ report: ReportID) -> Self {
        Self("staff \(viewer.staff) \(report)", viewer.privateKey)
    }

    /// The owner's uploads of one chosen file: another of the same name does not go on where this one stopped.
    package func choosing(_ mark: String) -> Self {
        var owner = self
        owner.chosen = mark
        return owner
    }
}
