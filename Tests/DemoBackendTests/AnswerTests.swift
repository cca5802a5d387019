import Foundation
import Sockets
import TestSupport
import Testing

@testable import DemoBackend

@Suite("A demo backend answers")
struct AnswerTests {
    @Test("A request is answered with JSON that tells the server, its count and its delays")
    func tellsAboutItself() throws {
        let backend = try RunningBackend(name: "Server-7")
        let response = try ScriptedClient(port: backend.port).ask("/some/path?x=1")
        #expect(response.status == 200)
        #expect(response.fields["content-type"] == "application/json")
        #expect(response.fields["content-length"] == "\(response.body.utf8.count)")
        #expect(response.fields["x-backend"] == "Server-7:\(backend.port)")
        #expect(response.fields["connection"] == nil)
        let expected = [
            "server": "Server-7", "port": "\(backend.port)", "request_id": "1", "applied_delay_ms": "0",
            "fixed_delay_ms": "0",
        ]
        #expect(response.json.filter { expected.keys.contains($0.key) } == expected)
        #expect(Set(response.json.keys).subtracting(expected.keys) == ["timestamp", "processing_time"])
        let timestamp = try #require(Double(response.json["timestamp"] ?? ""))
        #expect(abs(timestamp - Date().timeIntervalSince1970) < 60)
        #expect(timestamp != timestamp.rounded())
        let time = try #require(Double(response.json["processing_time"] ?? ""))
        #expect(time > 0 && time < 10)
    }

    @Test("The members of an answer are sorted, so that two answers compare")
    func membersAreSorted() throws {
        let backend = try RunningBackend()
        let body = try ScriptedClient(port: backend.port).ask().body
        let places = [
            "applied_delay_ms", "fixed_delay_ms", "port", "processing_time", "request_id", "server",
            "timestamp",
        ].map { body.range(of: "\"\($0)\"")?.lowerBound }
        #expect(!places.contains(nil))
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    }

    @Test("Any method is answered", arguments: ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PURGE"])
    func anyMethod(method: String) throws {
        let backend = try RunningBackend()
        #expect(try ScriptedClient(port: backend.port).ask(method: method).status == 200)
    }

    @Test(
        "HEAD is answered like GET, without the body",
        arguments: ["/", "/health", "/control", "/?delay=x"])
    func headHasNoBody(target: String) throws {
        let backend = try RunningBackend()
        let client = try ScriptedClient(port: backend.port)
        let head = try client.ask(target, method: "HEAD")
        let get = try client.ask(target)
        #expect(head.status == get.status)
        #expect(head.fields["content-type"] == "application/json")
        #expect(Int(head.fields["content-length"] ?? "") ?? 0 > 10)
        #expect(!get.body.isEmpty)
    }

    @Test(
        "The refusal of HEAD has no body either",
        arguments: [
            "HTTP/1.1\r\na b: c\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/3.0\r\nHost: a\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\nExpect: z\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 70_000) + "\r\n\r\n",
        ])
    func refusedHeadHasNoBody(rest: String) throws {
        let backend = try RunningBackend()
        let client = try ScriptedClient(port: backend.port)
        try client.send("HEAD / " + rest)
        let response = try client.response(to: .head)
        #expect(response.status >= 400 && response.fields["content-length"] != nil)
        #expect(try client.isEnded())
    }

    @Test("Requests are counted from 1, over all connections, without those of health and control")
    func countsRequests() throws {
        let backend = try RunningBackend()
        let client = try ScriptedClient(port: backend.port)
        #expect(try client.ask().json["request_id"] == "1")
        #expect(try client.ask("/health").body == #"{"status":"ok"}"# + "\n")
        #expect(try client.ask("/control").json["requests"] == "1")
        #expect(try client.ask("/?delay=x").status == 400)
        #expect(try ScriptedClient(port: backend.port).ask().json["request_id"] == "2")
        #expect(try client.ask().json["request_id"] == "3")
        #expect(backend.ask(\.requestCount) == 3)
    }

    @Test("A name cannot break out of its field")
    func nameStaysInField() throws {
        let backend = try RunningBackend(name: "a\r\nX-Evil: \"1\"")
        let response = try ScriptedClient(port: backend.port).ask()
        #expect(response.fields["x-backend"] == "aX-Evil: \"1\":\(backend.port)")
        #expect(response.json["server"] == "a\r\nX-Evil: \"1\"")
    }

    @Test("On a Unix socket the path stands for the port")
    func unixSocket() throws {
        let address = try Endpoint("unix:/run/demo.sock").resolve()
        let application = BackendApplication(name: "S", address: address, baseDelay: 0...0)
        #expect(application.signature == "S:unix:/run/demo.sock")
        let job = application.take(.work(delay: nil), at: .origin)
        guard case .bytes(let bytes) = application.answer(job, at: .origin).body else {
            Issue.record("an answer has content")
            return
        }
        #expect(!String(decoding: bytes, as: UTF8.self).contains("port"))
    }

    @Test("A taken address is told by name")
    func takenAddress() throws {
        let backend = try RunningBackend()
        let taken = "127.0.0.1:\(backend.port)"
        let error = Handover<String>()
        backend.tell { inside in
            do throws(DemoBackendError) {
                guard let address = inside.backend?.address else { return error.give("") }
                _ = try DemoBackend(on: inside.loop, listen: address, name: "other")
                error.give("")
            } catch let failure { error.give(failure.description) }
        }
        #expect(error.take() == "cannot listen on \(taken): address already in use")
    }
}
