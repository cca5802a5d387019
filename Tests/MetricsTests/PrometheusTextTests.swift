import Testing

@testable import Metrics

@Suite struct PrometheusTextTests {
    private func lines(_ write: (inout PrometheusText) -> Void) -> [String] {
        var text = PrometheusText()
        write(&text)
        #expect(text.text.hasSuffix("\n"))
        return text.text.split(separator: "\n").map(String.init)
    }

    @Test func aFamilySaysWhatItIs() {
        let lines = lines {
            $0.family("a_total", .counter, help: "How many\nthere \\ were.")
            $0.sample(3 as UInt64)
            $0.sample(4.5, ["of": "b", "at": "c"])
        }
        #expect(
            lines == [
                "# HELP a_total How many\\nthere \\\\ were.", "# TYPE a_total counter", "a_total 3",
                "a_total{of=\"b\",at=\"c\"} 4.5",
            ])
    }

    @Test func labelValuesAreEscaped() {
        let lines = lines {
            $0.family("a", .gauge, help: "")
            $0.sample(1 as UInt64, ["name": "a\"b\\c\nd<é>"])
        }
        #expect(lines.last == "a{name=\"a\\\"b\\\\c\\nd<é>\"} 1")
    }

    @Test(
        arguments: [
            (0, "0"), (1.5, "1.5"), (-3, "-3"), (1e21, "1e+21"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (.nan, "NaN"), (1_764_090_000.123, "1764090000.123"), (0.0005, "0.0005"),
        ] as [(Double, String)])
    func valuesAreWrittenAsTheFormatReadsThem(value: Double, expected: String) {
        let lines = lines {
            $0.family("a", .gauge, help: "")
            $0.sample(value)
        }
        #expect(lines.last == "a \(expected)")
    }

    @Test func aHistogramCountsUpToEachBound() {
        var latency = LatencyHistogram()
        for value in [400, 600, 2_000, 70_000_000] as [UInt64] { latency.record(microseconds: value) }
        let lines = lines {
            $0.family("d_seconds", .histogram, help: "")
            $0.histogram(latency, upTo: [500, 1_000, 5_000_000], ["s": "x"])
        }
        #expect(
            lines.dropFirst(2) == [
                "d_seconds_bucket{s=\"x\",le=\"0.0005\"} 1", "d_seconds_bucket{s=\"x\",le=\"0.001\"} 2",
                "d_seconds_bucket{s=\"x\",le=\"5\"} 3", "d_seconds_bucket{s=\"x\",le=\"+Inf\"} 4",
                "d_seconds_sum{s=\"x\"} 70.003", "d_seconds_count{s=\"x\"} 4",
            ])
    }

    @Test func eachFamilyIsWhole() throws {
        let meters = Meters(servers: 2, at: 0)
        meters.count(
            Measurement(
                outcome: .succeeded, server: 1, nanoseconds: 1_000_000, bytesToClient: 7, status: 200), at: 0)
        meters.count(Measurement(outcome: .refused, server: nil, nanoseconds: 0, status: 400), at: 0)
        let servers = meters.servers.enumerated().map { number, meter in
            Exposition.Server(
                name: "Server-\(number + 1)", tally: meter.totals, latency: meter.latency, failures: 4,
                inFlight: 2, inFlightLimit: number == 0 ? 9 : nil, kept: Exposition.Use(1, of: 8),
                state: number == 0 ? .up : .ejected,
                checks: Exposition.Checks(counts: [("passed", 7), ("failed", 2)], seconds: 0.5), isUp: true,
                isEligible: number == 0, weight: 3)
        }
        let services = ["one", "two"].map {
            Exposition.Service(
                name: $0, servers: servers, unserved: meters.unserved.totals, statuses: meters.statuses,
                retries: 5, queued: 1, connections: Exposition.Use(6, of: 10),
                http: $0 == "one"
                    ? Exposition.HTTP(
                        queueLimit: 11, serverConnections: Exposition.Use(12, of: .max),
                        retryBudget: Exposition.Use(13, of: 100)) : nil,
                connectionsAccepted: 8, shortages: ["out_of_ports": 3])
        }
        var all = Exposition(version: "0.1.0", startedAt: 1.5, services: services)
        all.process.openDescriptors = 14
        all.admin.connections = [("dashboard", Exposition.Use(15, of: 256))]
        all.admin.streams = Exposition.Use(16, of: 128)
        var written = PrometheusText()
        for piece in all.pieces { piece(&written) }
        let text = written.text
        let lines = Set(text.split(separator: "\n").map(String.init))
        let expected = [
            "evenkeel_build_info{version=\"0.1.0\"} 1", "process_start_time_seconds 1.5",
            "evenkeel_requests_total{service=\"one\",server=\"Server-2\",outcome=\"succeeded\"} 1",
            "evenkeel_requests_total{service=\"two\",server=\"\",outcome=\"refused\"} 1",
            "evenkeel_responses_total{service=\"one\",code=\"2xx\"} 1",
            "evenkeel_responses_total{service=\"one\",code=\"none\"} 0",
            "evenkeel_request_duration_seconds_bucket{service=\"one\",server=\"Server-2\",le=\"0.001\"} 1",
            "evenkeel_request_duration_seconds_bucket{service=\"one\",server=\"Server-2\",le=\"0.0005\"} 0",
            "evenkeel_request_duration_seconds_count{service=\"one\",server=\"Server-1\"} 0",
            "evenkeel_attempt_failures_total{service=\"one\",server=\"Server-1\"} 4",
            "evenkeel_retries_total{service=\"two\"} 5",
            "evenkeel_bytes_total{service=\"one\",direction=\"to_clients\"} 7",
            "evenkeel_connections_open{service=\"one\"} 6",
            "evenkeel_connections_accepted_total{service=\"one\"} 8",
            "evenkeel_shortages_total{service=\"one\",shortage=\"out_of_ports\"} 3",
            "evenkeel_queued{service=\"one\"} 1",
            "evenkeel_in_flight{service=\"two\",server=\"Server-2\"} 2",
            "evenkeel_server_up{service=\"two\",server=\"Server-2\"} 1",
            "evenkeel_server_eligible{service=\"two\",server=\"Server-2\"} 0",
            "evenkeel_server_weight{service=\"one\",server=\"Server-1\"} 3",
            "evenkeel_server_state{service=\"one\",server=\"Server-2\",state=\"ejected\"} 1",
            "evenkeel_server_state{service=\"one\",server=\"Server-2\",state=\"disabled\"} 0",
            "evenkeel_checks_total{service=\"two\",server=\"Server-1\",outcome=\"failed\"} 2",
            "evenkeel_check_duration_seconds_sum{service=\"one\",server=\"Server-1\"} 0.5",
            "evenkeel_check_duration_seconds_count{service=\"one\",server=\"Server-1\"} 9",
            "evenkeel_in_flight_limit{service=\"one\",server=\"Server-1\"} 9",
            "evenkeel_in_flight_limit{service=\"one\",server=\"Server-2\"} +Inf",
            "evenkeel_kept_connections{service=\"one\",server=\"Server-1\"} 1",
            "evenkeel_kept_connections_limit{service=\"one\",server=\"Server-1\"} 8",
            "evenkeel_connections_limit{service=\"one\"} 10", "evenkeel_queue_limit{service=\"one\"} 11",
            "evenkeel_server_connections_open{service=\"one\"} 12",
            "evenkeel_server_connections_limit{service=\"one\"} +Inf",
            "evenkeel_retry_budget_used{service=\"one\"} 13",
            "evenkeel_retry_budget_limit{service=\"one\"} 100",
            "process_open_fds 14", "evenkeel_admin_connections_open{listener=\"dashboard\"} 15",
            "evenkeel_admin_connections_limit{listener=\"dashboard\"} 256", "evenkeel_event_streams_open 16",
            "evenkeel_event_streams_limit 128",
        ]
        for line in expected { #expect(lines.contains(line), "\(line)") }
        try expectWellFormed(text)
    }

    /// Each family begins once, with its help and its type, and all of its samples follow.
    private func expectWellFormed(_ text: String) throws {
        var seen: Set<Substring> = []
        var family: Substring = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                family = words[2]
                #expect(seen.insert(family).inserted, "\(family) begins twice")
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == family && PrometheusText.Kind(rawValue: String(words[3])) != nil)
            } else {
                #expect(line.hasPrefix(family), "\(line) is not of \(family)")
                let value = try #require(line.split(separator: " ").last)
                #expect(Double(value) != nil, "\(line)")
            }
        }
    }
}
