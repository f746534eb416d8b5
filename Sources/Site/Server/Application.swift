import HTTPTypes
package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
package import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where and how the server listens.
package struct ServerSettings: Sendable {
    /// `.hostname("127.0.0.1", port: 8080)` (port 0: any free one) or `.unixDomainSocket(path:)`.
    package var address: BindAddress
    /// A connection that is silent for so long is closed.
    package var idleTimeout: TimeAmount
    /// The longest that any request may take to arrive, whatever reads it.
    package var requestCeiling: TimeAmount
    /// More connections wait until one is closed.
    package var maximumConnections: Int

    package init(
        address: BindAddress, idleTimeout: TimeAmount = .seconds(30), requestCeiling: TimeAmount = .minutes(16),
        maximumConnections: Int = 4096
    ) {
        self.address = address
        self.idleTimeout = idleTimeout
        self.requestCeiling = requestCeiling
        self.maximumConnections = maximumConnections
    }
}

/// The router that rooms add their routes to, and the site's own middleware around all of them.
package struct SiteRouter {
    /// Rooms register here; every route answers HEAD as well.
    package let routes: Router<SiteContext>
    package let shell: Shell
    private let table = RouteTable()
    private let tally: HourlyTally

    /// A router that already serves the assets, maps errors and guards origin, headers and bodies.
    package init(shell: Shell) {
        self.shell = shell
        routes = Router(context: SiteContext.self, options: .autoGenerateHeadEndpoints)
        let table = table
        let instruments = Instruments()
        tally = HourlyTally(instruments)
        let tally = tally
        routes.addMiddleware {
            Intake(proxies: ProxyTrust(shell.settings.trustedProxies), secureCookies: shell.settings.secureCookies)
            AccessLog(instruments, tally: tally)
            SecurityHeaders()
            ErrorPages(shell: shell, routes: table) { request, context, _, title in
                shell.frame(request, context, title: title).leading(
                    .init(shell.texts(context).text("errors.home"), href: "/"))
            }
            EncodingCheck()
            OriginCheck()
        }
        routes.get("/assets/:file") { _, context in
            try shell.assets.response(for: context.parameter("file"))
        }
    }

    /// The finished application. Shuts down gracefully inside a `ServiceGroup`: what was begun is answered.
    ///
    /// - Parameters:
    ///   - services: run beside the server and end after it.
    ///   - onRunning: called once connections are taken, with the port where there is one.
    package func application(
        _ settings: ServerSettings, logger: Logger, services: [any Service] = [],
        onRunning: @escaping @Sendable (Int?) async -> Void = { _ in }
    ) -> Application<RouterResponder<SiteContext>> {
        let responder = routes.buildResponder()
        table.fill(routes.routes.map { ($0.path, $0.method.rawValue) })
        let ceiling = settings.requestCeiling
        var configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestCeiling(ceiling: ceiling)], idleTimeout: settings.idleTimeout)
        configuration.httpDecoder.maxHeaderFieldSize = 16 * 1024
        configuration.httpDecoder.maxHeaderListSize = 32 * 1024
        configuration.httpDecoder.maxHeaderFieldCount = 100
        return Application(
            responder: responder,
            server: .http1(configuration: configuration),
            configuration: ApplicationConfiguration(
                address: settings.address,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.maximumConnections)),
            services: services + [HourlyTelling(tally: tally, logger: logger) { Int64(time(nil)) }],
            onServerRunning: { channel in await onRunning(channel.localAddress?.port) },
            logger: logger)
    }
}
