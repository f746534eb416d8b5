import Foundation
import HTTPTypes
package import Hummingbird
package import Site

/// `GET /api/openapi.yaml`: the description of the API (OpenAPI 3.1), as it ships with the program.
package struct OpenAPIRoute: Sendable {
    private let description: ByteBuffer

    /// Reads the description once.
    package init() throws {
        let url = Entrance.bundle.bundleURL.appendingPathComponent("Resources/openapi.yaml")
        description = ByteBuffer(bytes: try Data(contentsOf: url))
    }

    /// Adds the route. It needs no session.
    package func add(to routes: some RouterMethods<SiteContext>) {
        let description = description
        routes.get("/api/openapi.yaml") { _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: "application/yaml; charset=utf-8",
                    .contentLength: String(description.readableBytes),
                ], body: .init(byteBuffer: description))
        }
    }
}
