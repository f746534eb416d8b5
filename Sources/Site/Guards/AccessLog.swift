import HTTPTypes
import Hummingbird
import Logging
import Metrics
import Synchronization

/// One line and one measurement for each request of somebody who is signed in; for visitors, numbers by the hour.
///
/// Neither holds an address, a user agent, a query or the path itself, only the route's pattern: what a person did
/// cannot be read from them, nor, of a visitor, when (``HourlyTally``). Faults of our own are told at once.
struct AccessLog: RouterMiddleware {
    private let instruments: Instruments
    private let tally: HourlyTally

    init(_ instruments: Instruments, tally: HourlyTally) {
        self.instruments = instruments
        self.tally = tally
    }

    func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let elapsed = ContinuousClock.now - start
        let route = context.endpointPath ?? "-"
        let method = Self.known(request.method)
        let status = response.status.code
        let (seconds, attoseconds) = elapsed.components
        let nanoseconds = seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
        guard context.trace.isStaff || status >= 500 else {
            tally.add(.init(route: route, method: method, status: status), nanoseconds: nanoseconds)
            return response
        }
        context.logger.info(
            "request",
            metadata: [
                "method": "\(method)", "route": "\(route)", "status": "\(status)", "ms": "\(nanoseconds / 1_000_000)",
            ])
        instruments.record(route: route, method: method, status: status, nanoseconds: [nanoseconds], count: 1)
        return response
    }

    /// Any other word would let a caller make up names of measurements.
    private static func known(_ method: HTTPRequest.Method) -> String {
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        return known.contains(method) ? method.rawValue : "other"
    }
}

/// The counters and timers by route, made once each.
final class Instruments: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private let made = Mutex<[Key: (counter: Counter, timer: Metrics.Timer)]>([:])

    func record(route: String, method: String, status: Int, nanoseconds: [Int64], count: Int) {
        let key = Key(route: route, method: method, status: status)
        let pair = made.withLock { made in
            if let pair = made[key] { return pair }
            let counter = Counter(
                label: "http_requests_total",
                dimensions: [("route", route), ("method", method), ("status", String(status))])
            let timer = Metrics.Timer(
                label: "http_request_seconds", dimensions: [("route", route), ("method", method)])
            made[key] = (counter, timer)
            return (counter, timer)
        }
        pair.counter.increment(by: count)
        for duration in nanoseconds { pair.timer.recordNanoseconds(duration) }
    }
}
