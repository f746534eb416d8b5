package import Metrics
import Synchronization

/// Counts and times in memory, written out as Prometheus text (exposition format 0.0.4).
///
/// At most ``maximumSeries`` series are kept; later ones are not counted, so that no caller can fill the memory.
package final class PrometheusMetrics: MetricsFactory {
    /// How many series are kept.
    package static let maximumSeries = 5000
    /// The upper bounds of the buckets of timers, in seconds.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Key: Hashable {
        let name: String
        let labels: String
    }

    private let series = Mutex<[Key: Series]>([:])

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(label, dimensions, .counter)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        find(label, dimensions, .counter)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        find(label, dimensions, .gauge)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        find(label, dimensions, aggregate ? .histogram : .gauge)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(label, dimensions, .histogram)
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// All series in the order of their names.
    package var text: String {
        let all = series.withLock { $0 }.sorted { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }
        var text = ""
        var previous = ""
        for (key, series) in all {
            if key.name != previous { text += "# TYPE \(key.name) \(series.kind.rawValue)\n" }
            previous = key.name
            text += series.lines(name: key.name, labels: key.labels)
        }
        return text
    }

    private func find(_ label: String, _ dimensions: [(String, String)], _ kind: Series.Kind) -> Series {
        let labels = dimensions.map { Self.name($0.0) + "=\"" + Self.value($0.1) + "\"" }.joined(separator: ",")
        let key = Key(name: Self.name(label), labels: labels)
        return series.withLock { series in
            if let found = series[key] { return found }
            let made = Series(kind: kind)
            if series.count < Self.maximumSeries { series[key] = made }
            return made
        }
    }

    /// A name of Prometheus' own alphabet.
    static func name(_ text: String) -> String {
        let mapped = text.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
        }
        let name = String(mapped)
        return name.first?.isNumber ?? true ? "_" + name : name
    }

    private static func value(_ text: String) -> String {
        var value = ""
        for character in text.prefix(120) {
            switch character {
            case "\\": value += "\\\\"
            case "\"": value += "\\\""
            case "\n", "\r\n", "\r": value += " "
            default: value.append(character)
            }
        }
        return value
    }
}

/// One counter, gauge or histogram.
final class Series: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    enum Kind: String { case counter, gauge, histogram }

    private struct Values {
        var sum = 0.0
        var count: UInt64 = 0
        var buckets = [UInt64](repeating: 0, count: PrometheusMetrics.bounds.count)
    }

    let kind: Kind
    private let values = Mutex(Values())

    init(kind: Kind) { self.kind = kind }

    func increment(by amount: Int64) { add(Double(amount)) }
    func increment(by amount: Double) { add(amount) }
    func decrement(by amount: Double) { add(-amount) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { values.withLock { $0.sum = value } }
    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func reset() { values.withLock { $0 = Values() } }

    func record(_ value: Double) {
        guard kind == .histogram else { return set(value) }
        values.withLock { values in
            values.sum += value
            values.count &+= 1
            for (index, bound) in PrometheusMetrics.bounds.enumerated() where value <= bound {
                values.buckets[index] &+= 1
            }
        }
    }

    private func add(_ amount: Double) { values.withLock { $0.sum += amount } }

    func lines(name: String, labels: String) -> String {
        let values = values.withLock { $0 }
        let plain = labels.isEmpty ? name : "\(name){\(labels)}"
        guard kind == .histogram else { return "\(plain) \(Self.number(values.sum))\n" }
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        let lead = labels.isEmpty ? "" : labels + ","
        var text = ""
        for (bound, count) in zip(PrometheusMetrics.bounds, values.buckets) {
            text += "\(name)_bucket{\(lead)le=\"\(Self.number(bound))\"} \(count)\n"
        }
        text += "\(name)_bucket{\(lead)le=\"+Inf\"} \(values.count)\n"
        return text + "\(name)_sum\(braces) \(Self.number(values.sum))\n\(name)_count\(braces) \(values.count)\n"
    }

    private static func number(_ value: Double) -> String {
        guard let whole = Int64(exactly: value) else { return String(value) }
        return String(whole)
    }
}
