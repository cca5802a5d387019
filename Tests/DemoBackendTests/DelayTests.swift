import Platform
import Testing

@testable import DemoBackend

@Suite("A demo backend delays")
struct DelayTests {
    @Test("A request without a delay of its own waits for a random time in the base range")
    func baseRange() throws {
        let backend = try RunningBackend(baseDelay: 3...6)
        let client = try ScriptedClient(port: backend.port)
        var seen: Set<Int> = []
        for _ in 0..<40 {
            let json = try client.ask().json
            let applied = try #require(Int(json["applied_delay_ms"] ?? ""))
            let time = try #require(Double(json["processing_time"] ?? ""))
            #expect((3...6).contains(applied))
            #expect(time >= Double(applied) / 1_000)
            seen.insert(applied)
        }
        #expect(seen.count > 1)
    }

    @Test("The base range is 10 to 50 ms unless told otherwise")
    func defaultRange() {
        #expect(DemoBackend.defaultBaseDelay == 10...50)
    }

    @Test("The delay in a query replaces the base and adds to the fixed delay")
    func ownDelay() throws {
        let backend = try RunningBackend(baseDelay: 3_000_000...3_000_000)
        let client = try ScriptedClient(port: backend.port)
        #expect(try client.ask("/?delay=0").json["applied_delay_ms"] == "0")
        #expect(try client.ask("/control?set_delay_ms=20").status == 200)
        let json = try client.ask("/?delay=15").json
        #expect(json["applied_delay_ms"] == "35")
        #expect(json["fixed_delay_ms"] == "20")
        #expect(Double(json["processing_time"] ?? "") ?? 0 >= 0.035)
    }

    @Test("Control sets the fixed delay, tells it, and is not delayed itself")
    func control() throws {
        let backend = try RunningBackend(name: "S")
        let client = try ScriptedClient(port: backend.port)
        #expect(try client.ask("/control").body == #"{"fixed_delay_ms":0,"requests":0,"server":"S"}"# + "\n")
        let set = try client.ask("/control?set_delay_ms=3600000")
        #expect(set.body == #"{"fixed_delay_ms":3600000,"requests":0,"server":"S"}"# + "\n")
        #expect(try client.ask("/control").body == set.body)
        #expect(try client.ask("/health").status == 200)
        #expect(backend.ask(\.fixedDelay) == 3_600_000)
        #expect(try client.ask("/control?set_delay_ms=0").json["fixed_delay_ms"] == "0")
        #expect(try client.ask().json["applied_delay_ms"] == "0")
    }

    @Test(
        "A wrong number is refused, changes nothing, and leaves the connection open",
        arguments: ["abc", "-1", "3600001", "1.5", ""])
    func wrongNumber(text: String) throws {
        let backend = try RunningBackend()
        let client = try ScriptedClient(port: backend.port)
        for target in ["/control?set_delay_ms=\(text)", "/?delay=\(text)"] {
            let response = try client.ask(target)
            #expect(response.status == 400)
            let error = try #require(response.json["error"])
            let right = "must be a whole number of milliseconds from 0 to 3600000"
            #expect(error.hasSuffix("\(right), not \"\(text)\""))
        }
        #expect(try client.ask("/control").json["fixed_delay_ms"] == "0")
    }

    @Test("Many delays at once end together, not one after the other")
    func manyAtOnce() throws {
        let count = min(1_000, (DescriptorLimit.raiseToHardLimit() - 200) / 2)
        let backend = try RunningBackend()
        let clients = try (0..<count).map { _ in try ScriptedClient(port: backend.port) }
        for client in clients { try client.request("/?delay=300") }
        for client in clients {
            let json = try client.response().json
            let time = try #require(Double(json["processing_time"] ?? ""))
            #expect(time >= 0.3 && time < 3)
        }
        #expect(backend.ask(\.connectionCount) == count)
    }
}
