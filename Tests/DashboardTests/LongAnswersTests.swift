import Dashboard
import Testing

@Suite("Long answers")
struct LongAnswersTests {
    private let scene: AdminScene

    init() throws {
        scene = try AdminScene()
    }

    private func weights(_ path: String = "/api/v1/services/demo/servers") throws -> [Int] {
        let servers = try scene.ask("GET", path).json["servers"] as? [[String: Any]]
        return try #require(servers).compactMap { $0["weight"] as? Int }
    }

    private func set(servers count: Int) {
        scene.balancer.services = [.sample("demo", servers: (1...count).map { "Server-\($0)" })]
    }

    private func setWeight(_ weight: Int) { scene.balancer.services[0].servers[0].weight = weight }

    @Test("are made once for all who ask within a second, and anew after a change")
    func areKept() throws {
        set(servers: 40)
        #expect(try weights() == [Int](repeating: 1, count: 40))
        setWeight(2)
        #expect(try weights()[0] == 1)
        scene.admin?.tell(Change(at: 1, service: "demo", kind: .weight, text: "changed"))
        #expect(try weights()[0] == 2)
        setWeight(3)
        #expect(
            try scene.ask("PATCH", "/api/v1/services/demo/servers/Server-2", json: #"{"weight":9}"#).status
                == 200)
        #expect(try weights().prefix(2) == [3, 9])
    }

    @Test("are not what a few servers have: these are shown as they are")
    func fewAreNotKept() throws {
        set(servers: 3)
        #expect(try weights() == [1, 1, 1])
        setWeight(2)
        #expect(try weights() == [2, 1, 1])
    }

    @Test("have each service with its servers in its place")
    func areInPlace() throws {
        scene.balancer.services = [
            .sample("first", servers: []), .sample("second", servers: ["a"]),
            .sample("third", servers: ["b", "c"]),
        ]
        let services = try #require(
            try scene.ask("GET", "/api/v1/services").json["services"] as? [[String: Any]])
        let servers = services.map {
            ($0["servers"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
        }
        #expect(services.map { $0["name"] as? String } == ["first", "second", "third"])
        #expect(servers == [[], ["a"], ["b", "c"]])
    }
}
