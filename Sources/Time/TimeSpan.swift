/// A span of time in whole nanoseconds, up to 292 years either way.
///
/// The standard library's `Duration` counts attoseconds in 128 bits, so that adding one to an instant takes some two
/// hundred instructions; an exchange or a session does that several times. Here it is one. What is too long for the
/// type saturates where it is made; sums of such spans saturate too.
public struct TimeSpan: Comparable, Hashable, Sendable {
    /// Its length; negative for a span back in time.
    public let inNanoseconds: Int64

    private init(_ nanoseconds: Int64) {
        inNanoseconds = nanoseconds
    }

    /// No time at all.
    public static let zero = TimeSpan(0)

    /// So many nanoseconds.
    public static func nanoseconds(_ count: Int64) -> TimeSpan { TimeSpan(count) }

    /// So many microseconds.
    public static func microseconds(_ count: some BinaryInteger) -> TimeSpan { times(count, 1_000) }

    /// So many milliseconds.
    public static func milliseconds(_ count: some BinaryInteger) -> TimeSpan { times(count, 1_000_000) }

    /// So many seconds.
    public static func seconds(_ count: some BinaryInteger) -> TimeSpan { times(count, 1_000_000_000) }

    /// So many seconds, to the nearest nanosecond.
    public static func seconds(_ count: Double) -> TimeSpan {
        TimeSpan(Int64(exactly: (count * 1e9).rounded()) ?? (count < 0 ? .min : .max))
    }

    private static func times(_ count: some BinaryInteger, _ unit: Int64) -> TimeSpan {
        TimeSpan(Int64(clamping: count)) * unit
    }

    /// This span in whole milliseconds, cut off towards zero.
    public var inMilliseconds: Int64 { inNanoseconds / 1_000_000 }

    /// This span in seconds.
    public var inSeconds: Double { Double(inNanoseconds) / 1e9 }

    /// Whether one span is shorter than another.
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.inNanoseconds < right.inNanoseconds
    }

    /// Both together; saturates.
    public static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        let (sum, overflow) = left.inNanoseconds.addingReportingOverflow(right.inNanoseconds)
        return overflow ? TimeSpan(left < .zero ? .min : .max) : TimeSpan(sum)
    }

    /// What one is longer than the other; saturates.
    public static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        let (rest, overflow) = left.inNanoseconds.subtractingReportingOverflow(right.inNanoseconds)
        return overflow ? TimeSpan(left < .zero ? .min : .max) : TimeSpan(rest)
    }

    /// The span so many times; saturates.
    public static func * (span: TimeSpan, count: some BinaryInteger) -> TimeSpan {
        let (product, overflow) = span.inNanoseconds.multipliedReportingOverflow(by: Int64(clamping: count))
        return overflow ? TimeSpan((span < .zero) == (count < 0) ? .max : .min) : TimeSpan(product)
    }

    /// A part of the span, or several times it; to the nearest nanosecond, or what a `Double` tells of it.
    public static func * (span: TimeSpan, factor: Double) -> TimeSpan { .seconds(span.inSeconds * factor) }

    /// One part of so many.
    public static func / (span: TimeSpan, parts: some BinaryInteger) -> TimeSpan {
        TimeSpan(span.inNanoseconds / Int64(clamping: parts))
    }

    /// Adds a span to this one; saturates.
    public static func += (left: inout TimeSpan, right: TimeSpan) { left = left + right }

    /// Makes a span so many times as long; saturates.
    public static func *= (span: inout TimeSpan, count: some BinaryInteger) { span = span * count }
}
