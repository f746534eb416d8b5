import Metrics
import Testing

@testable import Observability

struct MetricsTests {
    @Test func `counters, gauges and timers come out as Prometheus text`() {
        let metrics = PrometheusMetrics()
        let counter = metrics.makeCounter(
            label: "http.requests-total", dimensions: [("route", "/a\"b"), ("status", "200")])
        counter.increment(by: 2)
        metrics.makeCounter(label: "http.requests-total", dimensions: [("route", "/a\"b"), ("status", "200")])
            .increment(by: 1)
        metrics.makeMeter(label: "memory", dimensions: []).set(1.5)
        let timer = metrics.makeTimer(label: "seconds", dimensions: [])
        timer.recordNanoseconds(3_000_000)
        timer.recordNanoseconds(20_000_000_000)
        let text = metrics.text
        #expect(
            text.contains(
                "# TYPE http_requests_total counter\nhttp_requests_total{route=\"/a\\\"b\",status=\"200\"} 3\n"))
        #expect(text.contains("# TYPE memory gauge\nmemory 1.5\n"))
        #expect(text.contains("seconds_bucket{le=\"0.0025\"} 0\nseconds_bucket{le=\"0.005\"} 1\n"))
        #expect(text.contains("seconds_bucket{le=\"10\"} 1\nseconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.contains("seconds_sum 20.003\nseconds_count 2\n"))
    }

    @Test func `the number of series is bounded`() {
        let metrics = PrometheusMetrics()
        for number in 0..<(PrometheusMetrics.maximumSeries + 100) {
            metrics.makeCounter(label: "c", dimensions: [("n", String(number))]).increment(by: 1)
        }
        #expect(metrics.text.split(separator: "\n").count == PrometheusMetrics.maximumSeries + 1)
    }
}
