import Testing
import Time

@testable import evenkeel

/// What is understood of the arguments of `evenkeel load`.
@Suite struct LoadArgumentTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080/", "127.0.0.1:8080", "127.0.0.1:8080", "/"),
        ("HTTP://web.internal/a/b?c=d", "web.internal:80", "web.internal", "/a/b?c=d"),
        ("localhost:8080", "localhost:8080", "localhost:8080", "/"),
        ("http://[::1]:81?x", "[::1]:81", "[::1]:81", "/?x"),
        ("http://[::1]/%23there", "[::1]:80", "[::1]", "/%23there"),
    ])
    func aURLSaysWhereAndWhat(text: String, endpoint: String, host: String, path: String) throws {
        let url = try LoadURL(text)
        #expect(url.endpoint.description == endpoint)
        #expect(url.host == host)
        #expect(url.path == path)
    }

    @Test(arguments: [
        "", "http://", "https://web/", "ftp://web/", "http://::1/", "http://a@b/", "http://web:0/", "unix:/x",
        "http://web/a#b", "web#there",
    ])
    func whatIsNoURLIsRefused(text: String) {
        #expect(throws: LoadMistake.self) { _ = try LoadURL(text) }
    }

    @Test(arguments: [
        ("1500us", 1500.0), ("2ms", 2000), ("1.5s", 1_500_000), ("2m", 120_000_000), ("1min", 60_000_000),
        ("1h", 3_600_000_000), ("3", 3_000_000),
    ])
    func aTimeSpanHasAUnitOrIsInSeconds(text: String, microseconds: Double) {
        #expect(LoadNumber.microseconds(text[...], unitless: 1e6) == microseconds)
    }

    @Test(arguments: ["", "s", "1e3s", "1,5s", "infs", "1 s", "0x1s", "ten", "5.s", "1_0s", "--1s"])
    func whatIsNoTimeSpanIsRefused(text: String) {
        #expect(throws: LoadMistake.self) { _ = try LoadNumber.span(text, "-z") }
    }

    @Test func aTimeSpanThatIsNoneOfThoseAllowedIsOneAllTheSame() throws {
        #expect(try LoadNumber.span("-1s", "-z") < .zero)
        #expect(try LoadNumber.span(String(repeating: "9", count: 400) + "h", "-z") > .seconds(1e8))
    }

    @Test(arguments: [
        (["load", "-n", "-1"], ["load", "-n=-1"]), (["-z", "-.5s", "x"], ["-z=-.5s", "x"]),
        (["--port", "-1"], ["--port=-1"]), (["-n", "-c", "5"], ["-n", "-c", "5"]), (["-5"], ["-5"]),
        (["-n=1", "-5"], ["-n=1", "-5"]), (["-d", "-"], ["-d", "-"]),
        (["--", "-n", "-5"], ["--", "-n", "-5"]),
    ])
    func aNegativeNumberBelongsToTheOptionBeforeIt(arguments: [String], joined: [String]) {
        #expect(Evenkeel.joiningNegativeNumbers(arguments) == joined)
    }

    @Test(arguments: ["p99>50ms", "p99.9 >= 1s", "mean<5", "errors>0", "failed>1%", "rate<1000/s", "MAX>2s"])
    func aConditionComparesAResult(text: String) throws {
        _ = try LoadCondition(text)
    }

    @Test(arguments: [
        "", "p99", ">5", "p99>", "p99>fast", "p42>1ms", "p99=5ms", "rate>5%", "p99>1%", "errors>2s",
        "errors>1 0", "p 99>1ms", "p99>1_0ms", "p99>-1ms", "p99>5.",
    ])
    func whatIsNoConditionIsRefused(text: String) {
        #expect(throws: LoadMistake.self) { _ = try LoadCondition(text) }
    }
}

/// Numbers for people.
@Suite struct LoadTextTests {
    @Test func oneIsSingular() {
        #expect(
            [0, 1, 1000].map { LoadText.count($0, "request") } == [
                "0 requests", "1 request", "1,000 requests",
            ])
    }

    @Test func thousandsAreSeparated() {
        #expect(
            [0, 12, 999, 1000, 12_031, 1_234_567, -1234].map(LoadText.count)
                == ["0", "12", "999", "1,000", "12,031", "1,234,567", "-1,234"])
        #expect(LoadText.decimal(1234.567, 2) == "1,234.57")
        #expect(LoadText.decimal(0.999, 1) == "1.0")
        #expect(LoadText.decimal(.infinity, 1) == "–")
    }

    @Test func eachNumberHasItsUnit() {
        #expect(LoadText.milliseconds(0.4123) == "0.412 ms")
        #expect(LoadText.milliseconds(14.21) == "14.2 ms")
        #expect(LoadText.milliseconds(1204.4) == "1,204 ms")
        #expect(LoadText.seconds(4.021) == "4.02 s")
        #expect(LoadText.seconds(0.25) == "250.0 ms")
        #expect(LoadText.bytes(3_100_000) == "3.1 MB")
        #expect(LoadText.bytes(12) == "12 B")
        #expect(LoadText.share(1.0 / 3) == "33.3 %")
    }

    @Test func aBarIsAsLongAsItsPart() {
        #expect(LoadText.bar(1, 10) == "██████████")
        #expect(LoadText.bar(0.55, 10) == "█████▌")
        #expect(LoadText.bar(0.0001, 10) == "▏")
        #expect(LoadText.bar(0, 10).isEmpty)
    }
}
