package import Casefile
package import Casework
package import Foundation
import Hummingbird
package import Site
import Synchronization

/// What every room stands on; handed to each through its initialiser.
package struct Services: Sendable {
    package let shell: Shell
    package let casefile: Casefile
    package let limit: RateLimit
    /// Entries of the staff navigation, contributed by the rooms and put in order by the composition root.
    package let navigation: [NavigationEntry]
    /// The address under which people reach this installation, without a trailing slash; for posters and receipts.
    package var publicURL: String { publicAddress.text }
    /// Where that address is kept; settled at the latest when the server listens.
    package let publicAddress: PublicAddress

    package init(
        shell: Shell, casefile: Casefile, limit: RateLimit, navigation: [NavigationEntry], publicURL: String
    ) {
        self.shell = shell
        self.casefile = casefile
        self.limit = limit
        self.navigation = navigation
        publicAddress = PublicAddress(publicURL)
    }
}

/// An address that may be known only once the server listens (a port that the system chose).
package final class PublicAddress: Sendable {
    private let held: Mutex<String>

    init(_ text: String) { held = Mutex(text) }

    package var text: String { held.withLock { $0 } }

    /// The address from now on.
    package func settle(_ text: String) { held.withLock { $0 = text } }
}

/// One entry of the staff navigation and who sees it.
package struct NavigationEntry: Sendable {
    package let textKey: String
    package let href: String
    package let isFor: @Sendable (_ person: Staff, _ world: World) -> Bool

    package init(
        _ textKey: String, href: String, isFor: @escaping @Sendable (_ person: Staff, _ world: World) -> Bool
    ) {
        self.textKey = textKey
        self.href = href
        self.isFor = isFor
    }
}

/// The templates, texts and assets of the entrance.
package enum Entrance {
    package static let bundle = Bundle.module
}
