import Administration
import ArgumentParser
import Casefile
import Casework
import CoreMetrics
import DatabaseSQLite
import Desk
import Entrance
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import Observability
import Reporting
import Sealing
import ServiceLifecycle
import Site
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves pages and API until it is told to stop.")

    @OptionGroup var place: PlaceOptions
    @Option(help: "Port of the pages.") var port = 8080
    @Option(help: "Address to listen on; behind a proxy leave it local.") var host = "127.0.0.1"
    @Option(help: "Loopback port of the metrics; 0 takes any free one.") var metricsPort = 0
    @Option(help: "on or off: the limits on how often one address may knock.") var limits: Switch = .on
    @Option(help: "Address under which people reach this server, for posters and receipts.") var publicURL: String?
    @Option(help: "Addresses of proxies whose X-Forwarded-For is believed.") var trustedProxy: [String] = []
    @OptionGroup var evidence: EvidenceOptions
    @Option(help: "A list of passwords known from breaches, which nobody may choose: plain, or sorted SHA-1 hashes.")
    var breachedPasswords: String?
    @Option(help: "Rules for visitors in place of those that ship: limits, waits, where leaving leads.")
    var visitorRules: String?
    @Option(help: "Seconds between two published heads of the transparency log. Default: 600, in a demonstration 1.")
    var logPublish: Int64?
    @Flag(help: "Secure cookies; refuses a demonstration world.") var production = false

    enum Switch: String, ExpressibleByArgument { case on, off }

    func run() async throws {
        LoggingSystem.bootstrap { JSONLogHandler(label: $0) }
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let logger = Logger(label: "mingjian")
        let installation = try await Installation.open(
            place.place, create: false, breached: try breachedPasswords.map(BreachedList.init(path:)))
        let isDemo = try await installation.setting("kind") == "demo"
        if isDemo, production { throw PlaceError.demoInProduction }
        try await installation.casefile.checkRules()
        try await installation.casefile.refreshRules()
        if limits == .off { logger.warning("rate limits are off: anybody may knock as often as they like") }
        let visitors = try Reporting.visitorRules(visitorRules)
        let shell = try Shell(
            bundles: [Entrance.bundle, Reporting.bundle, Desk.bundle, Administration.bundle],
            settings: ShellSettings(
                secureCookies: production, trustedProxies: trustedProxy, isDemo: isDemo, leaveURL: visitors.leaveURL))
        let casefile = installation.casefile.with(cleaner: try await evidence.cleaner(logger: logger))
        let services = Services(
            shell: shell, casefile: casefile, limit: RateLimit(isOn: limits == .on),
            navigation: DeskNavigation.entries + AdministrationNavigation.entries,
            publicURL: publicURL ?? "http://localhost:\(port)")
        let site = SiteRouter(shell: shell)
        let reporting = ReportingRoutes(services, visitors: visitors)
        try House(services, reporting: reporting).add(to: site.routes)
        let others = Listening(count: 2)
        let background: [any Service] = [
            metricsServer(metrics, logger: logger, others), controlServer(installation, logger: logger, others),
            LogService(
                casefile: casefile, interval: max(1, logPublish ?? (isDemo ? 1 : 600)),
                isAlone: place.place.databaseURL == nil, logger: logger),
            AuditService(casefile: casefile, logger: logger),
            MarkService(casefile: casefile, logger: logger),
            Sweeper(drafts: reporting.drafts, casefile: casefile, logger: logger),
        ]
        let (address, isNamed) = (host, publicURL != nil)
        let application = site.application(
            ServerSettings(address: .hostname(host, port: port)), logger: logger
        ) { port in
            if !isNamed, let port { services.publicAddress.settle("http://localhost:\(port)") }
            // Whoever started the server waits for this line, and may give it a command in the same moment.
            guard await others.areAllThere() else { return }
            FileHandle.standardOutput.write(Data("ready http://\(address):\(port ?? 0)\n".utf8))
        }
        var configuration = ServiceGroupConfiguration(
            services: background.map { .init(service: Named(service: $0)) } + [
                .init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: configuration).run()
        unlink(installation.place.socket)
        await installation.close()
    }

    private func metricsServer(
        _ metrics: PrometheusMetrics, logger: Logger, _ listening: Listening
    ) -> some Service {
        let router = Router()
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
                body: .init(byteBuffer: ByteBuffer(string: metrics.text)))
        }
        return Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: metricsPort)),
            onServerRunning: { channel in
                logger.info("metrics", metadata: ["port": "\(channel.localAddress?.port ?? 0)"])
                listening.oneMore()
            }, logger: logger)
    }

    private func controlServer(
        _ installation: Installation, logger: Logger, _ listening: Listening
    ) -> some Service {
        unlink(installation.place.socket)
        return Application(
            router: ControlCommands.router(installation),
            configuration: .init(address: .unixDomainSocket(path: installation.place.socket)),
            onServerRunning: { _ in listening.oneMore() }, logger: logger)
    }
}

/// The servers beside the pages': ready is said when they listen too.
struct Listening {
    private let servers: AsyncStream<Void>
    private let one: AsyncStream<Void>.Continuation
    private let count: Int

    init(count: Int) {
        (servers, one) = AsyncStream.makeStream()
        self.count = count
    }

    func oneMore() { one.yield() }

    /// Waits for them; false when the server is told to stop meanwhile.
    func areAllThere() async -> Bool {
        var left = count
        for await _ in servers {
            left -= 1
            if left == 0 { return true }
        }
        return false
    }
}

/// All routes of the house, in one place: what is not named here is not served.
struct House {
    let services: Services
    let reporting: ReportingRoutes

    init(_ services: Services, reporting: ReportingRoutes) {
        self.services = services
        self.reporting = reporting
    }

    func add(to routes: Router<SiteContext>) throws {
        routes.get("/healthz") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: #"{"status":"ok"}"#)))
        }
        try OpenAPIRoute().add(to: routes)
        reporting.add(to: routes)
        let staff = routes.group("").add(middleware: SessionLayer(casefile: services.casefile))
            .add(
                middleware: ErrorPages(shell: services.shell) { request, context, error, title in
                    await services.errorFrame(request, context, error, title: title)
                }
            )
            .add(middleware: SignInFirst())
        SignInRoutes(services).add(to: staff)
        PasswordRoutes(services).add(to: staff)
        AccountRoutes(services).add(to: staff)
        let desk = DeskAPI(services)
        desk.add(to: staff)
        DeskRoutes(services).add(to: staff)
        AdministrationRoutes(services).add(to: staff)
        staff.post("/api/v1/reports") { request, context in
            request.headers[.authorization] == nil
                ? try await reporting.filePublicly(request, context) : try await desk.register(request, context)
        }
    }
}

/// A service under the name of its kind: where it has none, the group prints all that is in it, into the log if it ends.
private struct Named: Service, CustomStringConvertible {
    let service: any Service

    var description: String { "\(type(of: service))" }

    func run() async throws { try await service.run() }
}

/// Removes what nobody needs any more: old drafts, uploads that never became part of a report, and what was handed out
/// for a time that is over. Rules that take effect today reach the reports that run.
struct Sweeper: Service {
    let drafts: Drafts
    let casefile: Casefile
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sweep()
                try? await Task.sleep(for: .seconds(1800))
            }
        }
    }

    /// On a thread of its own: a day's evidence may be gigabytes.
    private func renewFiles() async throws {
        let (files, now) = (casefile.files, casefile.clock.now())
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { done.resume(with: Result { _ = try files.renewOld(now: now) }) }
        }
    }

    /// Each step by itself: what fails today does not keep the rest from being done.
    private func sweep() async {
        await step("sign-ins") { try await SignInBrake(casefile).sweep() }
        await step("marks") { try await casefile.sweepMarks() }
        await step("exports") { try await casefile.endExports() }
        await step("identities") { try await casefile.endIdentityOpenings() }
        await step("drafts") { try await drafts.sweep() }
        await step("rules") { try await casefile.refreshRules() }
        await step("destructions") { try await casefile.carryOutDestructions() }
        await step("files") { try await casefile.sweepFiles(keeping: try await drafts.storedFiles()) }
        await step("times of files") { try await renewFiles() }
    }

    private func step(_ name: String, _ body: () async throws -> Void) async {
        do { try await body() } catch {
            logger.error("sweep failed", metadata: ["step": "\(name)", "error": "\(type(of: error))"])
        }
    }
}
