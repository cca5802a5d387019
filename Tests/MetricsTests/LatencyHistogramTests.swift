import Testing

@testable import Metrics

@Suite struct LatencyHistogramTests {
    private func histogram(of values: some Sequence<UInt64>) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in values { histogram.record(microseconds: value) }
        return histogram
    }

    @Test func nothingRecordedHasNoFigures() {
        #expect(LatencyHistogram().figures == nil)
        #expect(LatencyHistogram().counts(upTo: [1, 2]) == [0, 0])
    }

    @Test func smallValuesAreExact() throws {
        let figures = try #require(histogram(of: 1...100).figures)
        #expect(figures.count == 100)
        #expect(figures.min == 1 && figures.max == 100 && figures.mean == 50.5)
        #expect([figures.p50, figures.p95, figures.p99] == [50, 95, 99])
    }

    @Test func oneValueIsAllFigures() throws {
        let figures = try #require(histogram(of: [123_456]).figures)
        #expect(
            [figures.min, figures.p50, figures.p95, figures.p99, figures.max] == [
                123_456, 123_456, 123_456, 123_456, 123_456,
            ])
        #expect(figures.mean == 123_456)
    }

    @Test(
        arguments: [255, 256, 257, 511, 512, 65_535, 65_536, 1_000_000, 3_600_000_000, 4_294_967_295]
            as [UInt64])
    func aPercentileIsWithinAHundredthAndNotBelow(value: UInt64) throws {
        // Two more keep the smallest and the largest from hiding the bucket's edge.
        let figures = try #require(histogram(of: [0, value, UInt64(UInt32.max)]).figures)
        #expect(figures.p50 >= value)
        #expect(Double(figures.p50) <= Double(value) * (1 + 1.0 / 128))
    }

    @Test func whatIsAboveTheHighestCountsAsTheHighest() throws {
        let figures = try #require(histogram(of: [.max]).figures)
        #expect(figures.max == LatencyHistogram.highest && figures.p50 == LatencyHistogram.highest)
    }

    @Test func aSumOfTwoIsAsIfOneHadRecordedAll() {
        var sum = histogram(of: stride(from: 1, to: 5_000, by: 7))
        sum.add(histogram(of: stride(from: 3_000, to: 900_000, by: 1_001)))
        sum.add(LatencyHistogram())
        let all = histogram(
            of: Array(stride(from: 1, to: 5_000, by: 7)) + Array(stride(from: 3_000, to: 900_000, by: 1_001)))
        #expect(sum.figures == all.figures)
        var other = LatencyHistogram()
        other.add(all)
        #expect(other.figures == all.figures)
    }

    @Test func aClearedOneRecordsAnew() {
        var histogram = histogram(of: [5, 500, 50_000])
        histogram.clear()
        #expect(histogram.figures == nil && histogram.count == 0 && histogram.sum == 0)
        histogram.record(microseconds: 7)
        #expect(histogram.figures == self.histogram(of: [7]).figures)
        #expect(histogram.counts(upTo: [6, 7, 1_000_000]) == [0, 1, 1])
    }

    @Test func valuesAreCountedByUpperBounds() {
        let histogram = histogram(of: [1, 2, 2, 200, 100_000])
        #expect(
            histogram.counts(upTo: [0, 1, 2, 199, 200, 90_000, 100_000, 200_000]) == [0, 1, 3, 3, 4, 4, 5, 5])
        #expect(histogram.sum == 100_205)
    }
}
