import Casefile
import Casework
import Drawing
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Site

/// A sheet to print and hang up: a QR code that leads to a report with organ and place already filled in.
struct PosterRoutes: Sendable {
    let services: Services

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/admin/organs/:id/poster") { request, context in
            let organ = try await services.access(context).organ(context)
            let texts = services.shell.texts(context)
            let page = PosterPage(
                organ, address: address(of: organ), place: services.casefile.regions.fullName(of: organ.region))
            return try await services.draw(
                "poster", page, title: texts.text("administration.poster.title"), request, context)
        }
        routes.get("/admin/organs/:id/poster.svg") { _, context in
            let organ = try await services.access(context).organ(context)
            let drawing: String
            do {
                drawing = try QRCode.svg(address(of: organ), title: "\(organ.name) · \(organ.nameEnglish)")
            } catch {
                throw SiteError.unavailable
            }
            return Response(
                status: .ok, headers: [.contentType: "image/svg+xml; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: drawing)))
        }
    }

    /// Codes and regions consist of letters, digits, dots, hyphens and underscores, which stand for themselves.
    private func address(of organ: Organ) -> String {
        let code = organ.code.unicodeScalars.filter { $0.isASCII && !"&=#+% ".unicodeScalars.contains($0) }
        return "\(services.publicURL)/report?organ=\(String(String.UnicodeScalarView(code)))&place=\(organ.region)"
    }
}

/// The sheet is in both languages, whatever the language of the page around it.
struct PosterPage: MustacheParent {
    let organ: Organ
    let address: String
    let place: String?

    init(_ organ: Organ, address: String, place: String?) {
        self.organ = organ
        self.address = address
        self.place = place
    }

    func child(named name: String) -> Any? {
        switch name {
        case "back": "/admin/organs/\(organ.id)"
        case "image": "/admin/organs/\(organ.id)/poster.svg"
        case "name": organ.name
        case "nameEnglish": organ.nameEnglish
        case "address": address
        case "place": here(place)
        default: nil
        }
    }
}
