import Hummingbird
import Synchronization

/// The routes of the finished router, asked only where nothing was found: a known path with another method is 405.
final class RouteTable: Sendable {
    private let routes = Mutex<[(path: RouterPath, method: String)]>([])

    func fill(_ routes: [(path: RouterPath, method: String)]) {
        self.routes.withLock { $0 = routes }
    }

    /// The methods that the path has a route for, in order.
    func methods(for path: String) -> [String] {
        let pieces = path.split(separator: "/")
        let found = routes.withLock { routes in
            routes.filter { Self.matches($0.path, pieces) }.map(\.method)
        }
        return Set(found).sorted()
    }

    private static func matches(_ path: RouterPath, _ pieces: [Substring]) -> Bool {
        for (index, element) in path.components.enumerated() {
            if element == .recursiveWildcard { return true }
            guard index < pieces.count, element ~= pieces[index] else { return false }
        }
        return path.components.count == pieces.count
    }
}
