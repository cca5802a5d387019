import HTTPWire
import Testing

@testable import LoadTesting

/// What an answer is, and what is kept of it, whatever pieces it comes in.
@Suite struct AnswerReaderTests {
    /// Feeds a text in pieces of that size, as a connection does; answers what the last came to.
    private func read(
        _ text: String, pieces: Int, _ reader: inout AnswerReader, _ servers: inout ServerTally
    ) -> AnswerReader.Progress {
        var waiting: [UInt8] = []
        var rest = Array(text.utf8)[...]
        var progress = AnswerReader.Progress.needMore(consumed: 0)
        while !rest.isEmpty {
            waiting += rest.prefix(pieces)
            rest = rest.dropFirst(pieces)
            progress = reader.read(waiting.span, noting: &servers)
            guard case .needMore(let consumed) = progress else { return progress }
            waiting.removeFirst(consumed)
        }
        return progress
    }

    private func outcome(of text: String, answering method: HTTPMethod = .get) -> Set<String> {
        Set(
            [1, 2, 3, 7, 64, 10_000].map { size in
                var reader = AnswerReader(answering: method)
                var servers = ServerTally()
                reader.reset()
                let progress = read(text, pieces: size, &reader, &servers)
                let name = servers.name(reader.server) ?? "-"
                return switch progress {
                case .whole: "\(reader.status) \(reader.keepsAlive) \(name)"
                case .needMore: reader.mayEndHere ? "\(reader.status) until close \(name)" : "more"
                case .invalid: "invalid"
                }
            })
    }

    @Test func allFramingsEndWhereTheyEnd() {
        let fields = "X-Backend: Server-1:8081\r\n"
        #expect(
            outcome(of: "HTTP/1.1 200 OK\r\n\(fields)Content-Length: 5\r\n\r\nhello") == ["200 true Server-1"]
        )
        #expect(
            outcome(
                of:
                    "HTTP/1.1 503 No\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n"
            )
                == ["503 true Server-1"])
        #expect(outcome(of: "HTTP/1.1 204 None\r\n\(fields)\r\n") == ["204 true Server-1"])
        #expect(outcome(of: "HTTP/1.0 200 OK\r\n\(fields)\r\nabc") == ["200 until close Server-1"])
        #expect(outcome(of: "HTTP/1.1 200 OK\r\n\(fields)Content-Length: 6\r\n\r\nhello") == ["more"])
    }

    @Test func blanksBehindAChunksSizeAreTakenAsTheBalancerTakesThem() {
        #expect(
            outcome(of: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3  \r\nabc\r\n0\r\n\r\n")
                == ["200 true -"])
    }

    @Test func anAnswerToHeadHasNoBody() {
        #expect(
            outcome(of: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", answering: .head) == ["200 true -"])
    }

    @Test func interimAnswersAreNotTheAnswer() {
        let text =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        #expect(outcome(of: text) == ["200 true -"])
        #expect(outcome(of: "HTTP/1.1 100 Continue\r\n\r\n") == ["more"])
    }

    @Test func aServerMayEndTheConnection() {
        let text = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\nx-backend: b:1\r\n\r\nx"
        #expect(outcome(of: text) == ["200 false b"])
    }

    @Test(arguments: ["hello\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\rA: b\r\n\r\n", "\r\n"])
    func whatIsNoAnswerIsInvalid(text: String) {
        #expect(outcome(of: text) == ["invalid"])
    }

    @Test func whatComesBehindIsLeft() {
        var reader = AnswerReader(answering: .get)
        var servers = ServerTally()
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
        let progress = read(text + "more", pieces: 1000, &reader, &servers)
        #expect(progress == .whole(consumed: text.utf8.count))
    }
}

/// Who answered how often.
@Suite struct ServerTallyTests {
    private func count(_ values: [String], in tally: inout ServerTally) {
        for value in values {
            let bytes = Array(value.utf8)
            tally.count(tally.place(of: bytes.span))
        }
    }

    @Test func theNameIsWhatComesBeforeTheLastColon() {
        var tally = ServerTally()
        count(["Server-1:8081", "Server-1:8082", "a:b:1", "plain", "", ":80", "Server-11:1"], in: &tally)
        #expect(
            tally.counts == ["Server-1": 2, "a:b": 1, "plain": 1, "(none named)": 2, "Server-11": 1])
    }

    @Test func aTargetThatNamesItselfAnewEachTimeIsCountedTogether() {
        var tally = ServerTally()
        count((0..<1000).map { "name-\($0):1" }, in: &tally)
        #expect(tally.counts.count == 257)
        #expect(tally.counts["(others)"] == 744)
    }
}

/// Latencies in numbers and bars.
@Suite struct LatencyHistogramTests {
    @Test func theSummaryIsRightToThreeDigits() throws {
        var histogram = LoadHistogram()
        for milliseconds in 1...1000 { histogram.record(.milliseconds(milliseconds)) }
        let summary = try #require(histogram.summary)
        #expect(summary.count == 1000)
        #expect(summary.min == 1)
        #expect(summary.max == 1000)
        #expect(summary.mean == 500.5)
        for (found, right) in [
            (summary.p50, 500.0), (summary.p90, 900), (summary.p99, 990), (summary.p99_9, 999),
        ] {
            #expect(abs(found - right) / right < 0.001)
        }
    }

    @Test func nothingHasNoSummary() {
        #expect(LoadHistogram().summary == nil)
        #expect(LoadHistogram().bars.isEmpty)
    }

    @Test func twoTogetherAreAsOne() {
        var (one, other, both) = (LoadHistogram(), LoadHistogram(), LoadHistogram())
        for value in 0..<500 {
            one.record(.microseconds(value * 7))
            other.record(.microseconds(value * 1311))
            both.record(.microseconds(value * 7))
            both.record(.microseconds(value * 1311))
        }
        one.add(other)
        #expect(one.summary == both.summary)
        #expect(one.bars == both.bars)
    }

    @Test(arguments: [
        [1], [0, 0], [100, 100, 100], [1, 1_000_000], Array(1...5000), (0..<3000).map { $0 * $0 * 37 },
    ])
    func eachIsInOneBar(microseconds: [Int]) throws {
        var histogram = LoadHistogram()
        for value in microseconds { histogram.record(.microseconds(value)) }
        let bars = histogram.bars
        #expect(bars.reduce(0) { $0 + $1.count } == microseconds.count)
        #expect((1...14).contains(bars.count))
        for (bar, next) in zip(bars, bars.dropFirst()) { #expect(bar.to == next.from) }
        let summary = try #require(histogram.summary)
        #expect(try #require(bars.first).from <= summary.min)
        #expect(try #require(bars.last).to > summary.max)
    }

    @Test func longerThanAnHourIsAnHour() {
        var histogram = LoadHistogram()
        histogram.record(.seconds(100_000))
        histogram.record(.seconds(-1))
        #expect(histogram.summary?.max == 3_600_000)
        #expect(histogram.summary?.min == 0)
    }
}
