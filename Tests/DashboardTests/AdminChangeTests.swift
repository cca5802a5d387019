import Balancing
import TestSupport
import Testing

@testable import Dashboard

@Suite("A change through the admin server")
struct AdminChangeTests {
    private let scene: AdminScene
    private let server = "/api/v1/services/demo/servers/Server-2"

    init() throws {
        scene = try AdminScene()
    }

    @Test("of a server reaches the balancer, and is answered with the server as it is then")
    func changesServer() throws {
        let answer = try scene.ask(
            "PATCH", server,
            json: #"{"administrative_state":"draining","weight":3,"drain_timeout_seconds":1.5}"#)
        #expect(answer.status == 200)
        #expect(try answer.json["weight"] as? Int == 3)
        #expect(try answer.json["administrative_state"] as? String == "draining")
        let made = try #require(scene.balancer.changes.first)
        #expect(made.change.administrativeState == .draining)
        #expect(made.change.weight == 3)
        #expect(made.change.drainTimeout == .seconds(1.5))
        #expect(made.server == "Server-2")
        #expect(made.service == "demo")
    }

    @Test("of a server has half a minute to drain where nothing is said")
    func drainsHalfAMinute() throws {
        _ = try scene.ask("PATCH", server, json: #"{"administrative_state":"draining"}"#)
        #expect(scene.balancer.changes.first?.change.drainTimeout == .seconds(30))
        #expect(scene.balancer.changes.first?.change.weight == nil)
    }

    @Test(
        "of a server is refused as a whole when part of it is wrong",
        arguments: [
            ("{}", "nothing_to_change"), (#"{"weight":null}"#, "nothing_to_change"),
            (#"{"weight":0}"#, "bad_value"), (#"{"weight":257}"#, "bad_value"),
            (#"{"weight":1.5}"#, "bad_value"),
            (#"{"weight":true}"#, "bad_value"), (#"{"administrative_state":"up"}"#, "bad_value"),
            (#"{"weight":2,"administrative_state":"Enabled"}"#, "bad_value"),
            (#"{"weight":2,"drain_timeout_seconds":5}"#, "bad_value"),
            (#"{"administrative_state":"disabled","drain_timeout_seconds":5}"#, "bad_value"),
            (#"{"administrative_state":"draining","drain_timeout_seconds":0.9}"#, "bad_value"),
            (#"{"administrative_state":"draining","drain_timeout_seconds":3601}"#, "bad_value"),
            (#"{"weight":2,"colour":"red"}"#, "unknown_member"), ("[]", "bad_json"), ("", "bad_json"),
        ])
    func refusesServerChanges(_ json: String, _ code: String) throws {
        let answer = try scene.ask("PATCH", server, json: json)
        #expect(answer.status == 400)
        #expect(answer.code == code)
        #expect(scene.balancer.changes.isEmpty)
    }

    @Test("of an unknown server is refused before its content is looked at")
    func refusesUnknownServers() throws {
        #expect(
            try scene.ask("PATCH", "/api/v1/services/demo/servers/x", json: "{").code == "unknown_server")
        #expect(
            try scene.ask("PATCH", "/api/v1/services/x/servers/Server-1", json: "{").code
                == "unknown_service")
    }

    @Test("of the strategy is answered with the strategy that picks then")
    func setsStrategy() throws {
        let path = "/api/v1/services/demo/strategy"
        let answer = try scene.ask("PUT", path, json: #"{"strategy":"least_connections"}"#)
        #expect(answer.status == 200)
        #expect(answer.body == #"{"strategy":"least_connections","title":"Least Connections"}"# + "\n")
        #expect(try scene.ask("GET", path).body == answer.body)
        let wrong = try scene.ask("PUT", path, json: #"{"strategy":"random"}"#)
        #expect(
            try wrong.json["detail"] as? String
                == "\"strategy\" must be one of: round_robin, least_connections")
    }

    @Test("that resets the metrics tells since when is counted")
    func resets() throws {
        let answer = try scene.ask("POST", "/api/v1/metrics/reset", json: "{}")
        #expect(answer.body == #"{"counting_since":1012.5}"# + "\n")
        #expect(
            try scene.ask("POST", "/api/v1/metrics/reset", json: #"{"service":"demo"}"#).status == 200)
        #expect(scene.balancer.resets == [nil, "demo"])
        #expect(
            try scene.ask("POST", "/api/v1/metrics/reset", json: #"{"service":"x"}"#).code
                == "unknown_service")
        #expect(scene.balancer.resets.count == 2)
    }

    @Test("that starts a test tells where it is found")
    func startsTests() throws {
        let answer = try scene.ask("POST", "/api/v1/tests", json: #"{"requests":5}"#)
        #expect(answer.status == 201)
        #expect(answer["Location"] == "/api/v1/tests/1")
        #expect(try answer.json["state"] as? String == "running")
        #expect(try scene.ask("GET", "/api/v1/tests/1").body == answer.body)
        #expect(answer.body.contains(#""result":null"#))
    }

    @Test("that ends a test needs no content, and can be made twice")
    func cancelsTests() throws {
        _ = try scene.ask("POST", "/api/v1/tests", json: #"{"requests":5}"#)
        for _ in 0..<2 {
            let answer = try scene.ask("DELETE", "/api/v1/tests/1")
            #expect(answer.status == 200)
            #expect(try answer.json["state"] as? String == "cancelled")
        }
        #expect(try scene.ask("DELETE", "/api/v1/tests/2").code == "unknown_test")
    }

    @Test("that starts a test in vain says why")
    func refusesTests() throws {
        scene.balancer.testRefusal = .running(id: 7)
        let running = try scene.ask("POST", "/api/v1/tests", json: #"{"requests":5}"#)
        #expect(running.status == 409)
        #expect(running.code == "test_running")
        #expect(
            try running.json["detail"] as? String == "test 7 still runs; cancel it or wait for its end")
        scene.balancer.testRefusal = .wrong(member: "rate", problem: "must be slower")
        let wrong = try scene.ask("POST", "/api/v1/tests", json: #"{"requests":5}"#)
        #expect(wrong.status == 400)
        #expect(wrong.code == "bad_value")
        #expect(try wrong.json["detail"] as? String == "\"rate\" must be slower")
        scene.balancer.testRefusal = .impossible("the balancer is stopping")
        let impossible = try scene.ask("POST", "/api/v1/tests", json: #"{"requests":5}"#)
        #expect(impossible.status == 503)
        #expect(impossible.code == "test_impossible")
    }
}
