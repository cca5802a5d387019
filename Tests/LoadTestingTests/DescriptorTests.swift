import EventLoop
import Foundation
import Glibc
import Sockets
import TestSupport
import Testing
import Time

@testable import LoadTesting

/// Whose descriptors a test takes.
@Suite struct DescriptorTests {
    /// Those of the calling thread's table.
    private static func own() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "/proc/thread-self/fd"))
    }

    @Test func nineThousandConnectionsTakeNoneOfTheReactors() throws {
        try OwnDescriptors.run {
            let loop = try EventLoop()
            let before = try Self.own()
            try {
                let server = try AnsweringServer(on: loop) {
                    $0 == 1 ? .answer(AnsweringServer.fine) : .silence
                }
                // With the server's 9,000 this table is nearly full; the clients' 9,000 would not fit.
                let taken = (0..<10_500).map { _ in dup(2) }
                defer { for number in taken { close(number) } }
                #expect(!taken.contains(-1))
                let trial = try Trial(
                    .to(server.address, .duration(.seconds(60)), concurrency: 9000), threads: 2, on: loop)
                trial.test?.start()
                let areAnswered = try loop.run { server.requests >= 18_000 }
                #expect(areAnswered)
                #expect(server.peak == 9000)
                trial.cancel()
                let report = try #require(try trial.end())
                #expect(report.sent == 18_000)
                #expect(report.succeeded == 9000)
                #expect(report.errors == [.cancelled: 9000])
                let areClosed = try loop.run { server.open == 0 }
                #expect(areClosed)
            }()
            let areBack = try loop.run { try Self.own() == before }
            #expect(areBack)
        }
    }

    @Test func whatTheReactorClosesIsClosedWhileATestRuns() throws {
        let loop = try EventLoop()
        let server = try AnsweringServer(on: loop)
        let other = try ScriptedServer()
        let client = try Peer(connectingTo: other.address)
        let isAccepted = try loop.run { other.count == 1 }
        #expect(isAccepted)
        let trial = try Trial(
            .to(server.address, .duration(.seconds(60)), concurrency: 2), threads: 2, on: loop)
        trial.test?.start()
        let isUnderWay = try loop.run { server.requests >= 10 }
        #expect(isUnderWay)
        other.last?.close()
        other.stopListening()
        let isEnded = try loop.run { client.isEnded }
        #expect(isEnded)
        let late = try Peer(connectingTo: other.address)
        let isRefused = try loop.run { late.failure?.isRefusal == true }
        #expect(isRefused)
        trial.cancel()
        _ = try trial.end()
    }

    @Test func aTestWithoutDescriptorsLeftSaysSo() throws {
        try OwnDescriptors.run {
            let loop = try EventLoop()
            let taken = OwnDescriptors.takeAll()
            defer { for number in taken { close(number) } }
            #expect(throws: LoadTestError.self) {
                _ = try Trial(.to(anywhere(), .requests(1)), on: loop)
            }
        }
    }
}
