/// How often each latency came, within one part in 128: two significant digits.
///
/// The layout is HdrHistogram's (Gil Tene): counts for 0 to 255 microseconds one by one, and then 128
/// for each doubling, up to 71 minutes; what is above counts as that. The library itself is not taken
/// here, because its reading functions are generic and not specialised for whoever calls them: it takes
/// 40 to 60 µs for a percentile and 1.9 ms for a mean, on the reactor, for each server, each second.
/// Here all figures together take one pass over what was recorded.
///
/// It holds no memory before its first value, and 13 KiB from then on.
public struct LatencyHistogram: Sendable {
    /// The highest latency that is told apart, in microseconds.
    public static let highest = UInt64(UInt32.max)
    /// Counts for each doubling, as a power of two.
    private static let halfBits = 7
    private static let size = (UInt32.bitWidth - halfBits + 1) << halfBits

    /// How many values were recorded.
    public private(set) var count: UInt64 = 0
    /// Their sum, in microseconds.
    public private(set) var sum: UInt64 = 0
    private var least = UInt64.max
    private var most: UInt64 = 0
    private var counts: [UInt32] = []

    /// An empty one.
    public init() {}

    /// Records a latency.
    public mutating func record(microseconds: UInt64) {
        let value = min(microseconds, Self.highest)
        let place = Self.place(of: value)
        if counts.isEmpty { counts = [UInt32](repeating: 0, count: Self.size) }
        counts[place] &+= 1
        count &+= 1
        sum &+= value
        if value < least { least = value }
        if value > most { most = value }
    }

    /// Adds all values of another.
    public mutating func add(_ other: LatencyHistogram) {
        guard other.count > 0 else { return }
        if counts.isEmpty { counts = [UInt32](repeating: 0, count: Self.size) }
        for place in other.places { counts[place] &+= other.counts[place] }
        count &+= other.count
        sum &+= other.sum
        least = min(least, other.least)
        most = max(most, other.most)
    }

    /// Forgets all values and keeps the memory.
    public mutating func clear() {
        guard count > 0 else { return }
        for place in places { counts[place] = 0 }
        (count, sum, least, most) = (0, 0, .max, 0)
    }

    /// The figures of what was recorded; nil when nothing was.
    public var figures: LatencyFigures? {
        guard count > 0 else { return nil }
        let percents: InlineArray<3, UInt64> = [50, 95, 99]
        var values: InlineArray<3, UInt64> = [most, most, most]
        var found = 0
        var seen: UInt64 = 0
        for place in places {
            seen += UInt64(counts[place])
            while found < 3, seen >= (count * percents[found] + 99) / 100 {
                values[found] = max(min(Self.highestValue(at: place), most), least)
                found += 1
            }
            if found == 3 { break }
        }
        return LatencyFigures(
            count: count, min: least, mean: Double(sum) / Double(count), p50: values[0], p95: values[1],
            p99: values[2], max: most)
    }

    /// How many values are at most each of the bounds, which rise: a value counts by the highest that it
    /// is not told apart from.
    public func counts(upTo bounds: [UInt64]) -> [UInt64] {
        var results = [UInt64](repeating: 0, count: bounds.count)
        guard count > 0 else { return results }
        var bound = 0
        var seen: UInt64 = 0
        for place in places {
            let value = min(Self.highestValue(at: place), most)
            while bound < bounds.count, value > bounds[bound] {
                results[bound] = seen
                bound += 1
            }
            seen += UInt64(counts[place])
        }
        for rest in bound..<bounds.count { results[rest] = seen }
        return results
    }

    // MARK: The layout

    /// Where the recorded values lie; only of use when there are some.
    private var places: ClosedRange<Int> { Self.place(of: least)...Self.place(of: most) }

    private static func place(of value: UInt64) -> Int {
        let doublings = 64 - halfBits - 1 - (value | 255).leadingZeroBitCount
        return doublings << halfBits + Int(value &>> UInt64(doublings))
    }

    private static func highestValue(at place: Int) -> UInt64 {
        let doublings = max(0, place >> halfBits - 1)
        let lowest = UInt64(place - doublings << halfBits) &<< UInt64(doublings)
        return lowest + (1 &<< UInt64(doublings)) - 1
    }
}
