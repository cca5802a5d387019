import Histogram
import Time

/// How long many things took: microseconds in an HdrHistogram, to three significant digits.
struct LoadHistogram: Sendable {
    /// Longer ones count as this long, in microseconds. An hour: a request waits for its timeout at most, and in
    /// an open loop's queue for as long as the test runs.
    private static let longest: UInt64 = 3_600_000_000
    /// The bars of a histogram for display, beside the one for the tail.
    private static let bars = 10

    private var histogram = Histogram<UInt64>(
        highestTrackableValue: LoadHistogram.longest, numberOfSignificantValueDigits: .three)
    private var total: UInt64 = 0

    /// Counts one.
    mutating func record(_ span: TimeSpan) {
        let microseconds = min(UInt64(max(span.inNanoseconds, 0)) / 1000, Self.longest)
        histogram.record(microseconds)
        total += microseconds
    }

    /// Counts one that lasted from one instant to another.
    mutating func record(from begin: Instant, to end: Instant) {
        let microseconds = min(UInt64(max(end.nanoseconds &- begin.nanoseconds, 0)) / 1000, Self.longest)
        histogram.record(microseconds)
        total += microseconds
    }

    /// Counts all that another has counted.
    mutating func add(_ other: LoadHistogram) {
        histogram.add(other.histogram)
        total += other.total
    }

    /// In numbers; nil when nothing was counted.
    var summary: LatencySummary? {
        guard histogram.totalCount > 0 else { return nil }
        // The histogram rounds up within its precision: no percentile shall be above the longest.
        let longest = histogram.maxRecorded
        func value(_ percentile: Double) -> Double {
            Double(Swift.min(histogram.valueAtPercentile(percentile), longest)) / 1000
        }
        return LatencySummary(
            count: Int(histogram.totalCount), min: Double(histogram.min) / 1000,
            mean: Double(total) / Double(histogram.totalCount) / 1000, p50: value(50), p90: value(90),
            p95: value(95), p99: value(99), p99_9: value(99.9), max: Double(longest) / 1000)
    }

    /// In bars of one width from the shortest to where 99 of 100 are, and one more for the longest; a width that
    /// followed from the longest alone would put nearly all into the first bar.
    var bars: [HistogramBar] {
        guard histogram.totalCount > 0 else { return [] }
        let (shortest, longest) = (histogram.min, histogram.maxRecorded)
        let usual = min(histogram.valueAtPercentile(99), longest)
        let width = Self.niceWidth(Double(usual - min(shortest, usual)) / Double(Self.bars))
        let start = shortest / width * width
        let regular = Int((usual - start) / width) + 1
        var counts = [Int](repeating: 0, count: regular + 1)
        // Each recorded value lies in one bar, so that the bars' counts add up to the whole.
        for recorded in histogram.recordedValues() {
            let place = (max(min(recorded.value, longest), start) - start) / width
            counts[min(Int(place), regular)] += Int(recorded.count)
        }
        var bars: [HistogramBar] = []
        for (index, count) in counts.enumerated() {
            let from = start + UInt64(index) * width
            if index == regular, count == 0 { break }
            let to = index == regular ? longest + 1 : from + width
            bars.append(HistogramBar(from: Double(from) / 1000, to: Double(to) / 1000, count: count))
        }
        return bars
    }

    /// The next of 1, 2, 5, 10, 20, … microseconds.
    private static func niceWidth(_ width: Double) -> UInt64 {
        var power: UInt64 = 1
        while Double(power) * 10 < width { power *= 10 }
        for factor: UInt64 in [1, 2, 5] where Double(factor * power) >= width { return factor * power }
        return 10 * power
    }
}
