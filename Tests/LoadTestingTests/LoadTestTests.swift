import EventLoop
import Sockets
import TestSupport
import Testing
import Time

@testable import LoadTesting

/// Whole tests against a server on the loop that asked for them.
@Suite struct LoadTestTests {
    private let loop: EventLoop

    init() throws {
        loop = try EventLoop()
    }

    private func expect(
        _ report: LoadReport?, sent: Int, succeeded: Int, errors: [LoadFailure: Int] = [:],
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(report?.sent == sent, sourceLocation: location)
        #expect(report?.succeeded == succeeded, sourceLocation: location)
        #expect(report?.errors == errors, sourceLocation: location)
        let broken = report?.errors.values.reduce(0, +) ?? 0
        #expect((report?.answered ?? 0) + broken == report?.sent, sourceLocation: location)
    }

    // MARK: Counting

    @Test(arguments: [(1, 1, 1), (1000, 10, 1), (1000, 10, 3), (7, 20, 2)])
    func eachRequestIsSentOnceAndCountedOnce(requests: Int, concurrency: Int, threads: Int) throws {
        let server = try AnsweringServer(on: loop)
        let trial = try Trial(
            .to(server.address, .requests(requests), concurrency: concurrency), threads: threads, on: loop)
        let report = try #require(try trial.run())
        expect(report, sent: requests, succeeded: requests)
        #expect(server.requests == requests)
        #expect(server.accepted == min(concurrency, requests))
        #expect(report.statuses[2] == requests)
        #expect(report.latency?.count == requests)
        #expect(report.connectTime?.count == min(concurrency, requests))
        #expect(report.servers == [ServerCount(name: "one", requests: requests, share: 1)])
        #expect(report.bytes == UInt64(requests * AnsweringServer.fine.utf8.count))
        #expect(report.histogram.reduce(0) { $0 + $1.count } == requests)
        #expect(trial.answers.count == requests)
        #expect(!report.wasCancelled)
        #expect(report.unsent == 0)
    }

    @Test func anAnswerOf500OrAboveIsAFailure() throws {
        let server = try AnsweringServer(on: loop) { number in
            let status = [200, 404, 503, 301, 500][(number - 1) % 5]
            return .answer("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n")
        }
        let report = try #require(try Trial(.to(server.address, .requests(50)), on: loop).run())
        expect(report, sent: 50, succeeded: 30)
        #expect(report.answered == 50)
        #expect(report.failed == 20)
        #expect((2...5).map { report.statuses[$0] } == [10, 10, 10, 20])
        #expect(report.servers.map(\.name) == ["(none named)"])
    }

    @Test func aConnectionForEachRequestIsWhatItSays() throws {
        let server = try AnsweringServer(on: loop)
        let report = try Trial(
            .to(server.address, .requests(60), concurrency: 4, keepAlive: false), on: loop
        ).run()
        expect(report, sent: 60, succeeded: 60)
        #expect(server.accepted == 60)
        #expect(report?.connectTime?.count == 60)
    }

    @Test func aServerThatEndsItsConnectionsInOrderIsNoFailure() throws {
        let closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        let server = try AnsweringServer(on: loop) {
            $0 == 3 ? .last(closing) : .answer(AnsweringServer.fine)
        }
        let report = try Trial(.to(server.address, .requests(30)), on: loop).run()
        expect(report, sent: 30, succeeded: 30)
        #expect(server.accepted == 10)
        #expect(server.requests == 30)
    }

    @Test func aRequestThatCameTooLateForItsConnectionIsSentAgainAndCountedOnce() throws {
        // Closes without saying so before: the next request is on its way then, or not.
        let server = try AnsweringServer(on: loop) {
            $0 == 2 ? .last(AnsweringServer.fine) : .answer(AnsweringServer.fine)
        }
        let report = try #require(
            try Trial(.to(server.address, .requests(2000), concurrency: 8), threads: 2, on: loop).run())
        #expect(report.sent == 2000)
        // A server that closes over a request in its kernel's hands resets, which tells nothing of what it has read.
        #expect(report.succeeded + (report.errors[.connectionReset] ?? 0) == 2000)
        // Two requests of each connection came in time, whatever became of the third.
        #expect(report.succeeded >= 2000 * 2 / 3)
        #expect(server.requests == report.succeeded)
    }

    @Test func anAnswerMayEndWithItsConnection() throws {
        let server = try AnsweringServer(on: loop) { _ in .last("HTTP/1.0 200 OK\r\n\r\nall of it") }
        let report = try Trial(.to(server.address, .requests(20), concurrency: 2), on: loop).run()
        expect(report, sent: 20, succeeded: 20)
        #expect(server.accepted == 20)
    }

    // MARK: Faults

    @Test func nobodyListens() throws {
        let server = try RefusingServer()
        let report = try Trial(.to(server.address, .requests(5000), concurrency: 10), on: loop).run()
        expect(report, sent: 5000, succeeded: 0, errors: [.connectionRefused: 5000])
        #expect(report?.latency == nil)
        #expect(report?.connectTime == nil)
    }

    @Test func whoIsRefusedInADurationWaitsAMoment() throws {
        let server = try RefusingServer()
        let plan = try LoadPlan(
            target: server.address, host: "test", amount: .duration(.milliseconds(500)), concurrency: 2,
            limits: .command)
        let report = try #require(try Trial(plan, on: loop).run())
        #expect((4...40).contains(report.sent))
        expect(report, sent: report.sent, succeeded: 0, errors: [.connectionRefused: report.sent])
    }

    @Test func aServerThatClosesWithoutAnAnswerIsCountedByThat() throws {
        let server = try AnsweringServer(on: loop) { $0 == 2 ? .last("") : .answer(AnsweringServer.fine) }
        let report = try Trial(.to(server.address, .requests(20)), on: loop).run()
        expect(report, sent: 20, succeeded: 10, errors: [.closedEarly: 10])
        #expect(server.requests == 20)
    }

    @Test func aServerThatClosesInTheMiddleOfItsAnswerIsCountedByThat() throws {
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
        let server = try AnsweringServer(on: loop) { _ in .last(cut) }
        let report = try Trial(.to(server.address, .requests(5)), on: loop).run()
        expect(report, sent: 5, succeeded: 0, errors: [.closedEarly: 5])
    }

    @Test func aServerThatResetsIsCountedByThat() throws {
        let server = try AnsweringServer(on: loop) { _ in .reset }
        let report = try Trial(.to(server.address, .requests(9)), on: loop).run()
        expect(report, sent: 9, succeeded: 0, errors: [.connectionReset: 9])
        #expect(server.requests == 9)
    }

    @Test(arguments: ["HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
    func aResetRightBehindAPartOfAnAnswerIsSeenAtOnce(part: String) throws {
        let server = try AnsweringServer(on: loop) { _ in .lastThenReset(part) }
        let plan = try LoadPlan.to(
            server.address, .requests(200), concurrency: 20, timeout: .seconds(60))
        let report = try #require(try Trial(plan, on: loop).run(), "some wait for their timeout")
        expect(report, sent: 200, succeeded: 0, errors: [.connectionReset: 200])
    }

    @Test func aResetRightBehindAWholeAnswerIsNoFailure() throws {
        let closing = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
        let server = try AnsweringServer(on: loop) { _ in .lastThenReset(closing) }
        let report = try Trial(.to(server.address, .requests(50), concurrency: 5), on: loop).run()
        expect(report, sent: 50, succeeded: 50)
        #expect(server.accepted == 50)
    }

    /// Between an answer and the reset behind it the kernel may take the connection's next request, which the reset then
    /// ends: nobody can say whether the server has worked on it, so it is not sent again.
    @Test func aResetBehindAnAnswerEndsAtMostTheRequestBehindIt() throws {
        let server = try AnsweringServer(on: loop) { _ in .lastThenReset(AnsweringServer.fine) }
        let report = try #require(
            try Trial(.to(server.address, .requests(50), concurrency: 5), on: loop).run())
        let unheard = 50 - server.requests
        #expect(server.accepted == server.requests)
        expect(
            report, sent: 50, succeeded: server.requests,
            errors: unheard == 0 ? [:] : [.connectionReset: unheard])
    }

    @Test func aServerThatTalksSomethingElseIsCountedByThat() throws {
        let server = try AnsweringServer(on: loop) { _ in .answer("220 mail ready\r\n") }
        let report = try Trial(.to(server.address, .requests(4)), on: loop).run()
        expect(report, sent: 4, succeeded: 0, errors: [.badResponse: 4])
    }

    @Test func aServerThatIsSilentTimesOut() throws {
        let server = try AnsweringServer(on: loop) { _ in .silence }
        let plan = try LoadPlan.to(
            server.address, .requests(6), concurrency: 3, timeout: .milliseconds(100))
        let report = try #require(try Trial(plan, on: loop).run())
        expect(report, sent: 6, succeeded: 0, errors: [.timeout: 6])
        #expect(report.elapsed < atMost(.seconds(2)))
    }

    @Test func aServerThatDoesNotTakeTheConnectionTimesOut() throws {
        let silent = try SilentServer()
        let plan = try LoadPlan.to(silent.address, .requests(2), timeout: .milliseconds(100))
        expect(try Trial(plan, on: loop).run(), sent: 2, succeeded: 0, errors: [.connectTimeout: 2])
    }

    @Test func silentServersDoNotKeepATestBeyondItsEnd() throws {
        let server = try AnsweringServer(on: loop) { $0 < 3 ? .answer(AnsweringServer.fine) : .silence }
        let plan = try LoadPlan(
            target: server.address, host: "test", amount: .duration(.milliseconds(300)), concurrency: 4,
            timeout: .milliseconds(200), limits: .command)
        let report = try #require(try Trial(plan, threads: 2, on: loop).run())
        #expect(report.elapsed < atMost(.milliseconds(1500)))
        #expect(report.answered + (report.errors[.timeout] ?? 0) == report.sent)
        #expect(report.sent == server.requests)
    }

    @Test func whatComesUnaskedEndsItsConnectionAndNoRequest() throws {
        let server = try AnsweringServer(on: loop) { _ in
            .answer(AnsweringServer.fine + "HTTP/1.1 200 OK\r\n")
        }
        let report = try Trial(.to(server.address, .requests(5)), on: loop).run()
        expect(report, sent: 5, succeeded: 5)
        #expect(server.accepted == 5)
    }

    // MARK: Time

    @Test func aFixedRateIsKept() throws {
        let server = try AnsweringServer(on: loop)
        let plan = try LoadPlan(
            target: server.address, host: "test", amount: .duration(.milliseconds(500)), concurrency: 20,
            ratePerSecond: 200, limits: .command)
        let report = try #require(try Trial(plan, threads: 2, on: loop).run())
        expect(report, sent: 100, succeeded: 100)
        #expect(server.requests == 100)
        #expect(report.unsent == 0)
        #expect(report.elapsed > .milliseconds(480))
    }

    @Test func aServerThatIsTooSlowForTheRateCannotHideIt() throws {
        let server = try AnsweringServer(on: loop) { _ in .silence }
        let plan = try LoadPlan(
            target: server.address, host: "test", amount: .duration(.milliseconds(300)), concurrency: 2,
            ratePerSecond: 100, timeout: .milliseconds(500), limits: .command)
        let report = try #require(try Trial(plan, on: loop).run())
        expect(report, sent: 2, succeeded: 0, errors: [.timeout: 2])
        #expect(report.unsent == 28)
    }

    @Test func progressIsToldWhileItRuns() throws {
        let server = try AnsweringServer(on: loop)
        let trial = try Trial(.to(server.address, .duration(.seconds(60)), concurrency: 2), on: loop)
        trial.test?.start()
        let isTold = try loop.run { trial.progress.contains { $0.answered > 0 && $0.requestsPerSecond > 0 } }
        #expect(isTold)
        trial.cancel()
        let report = try #require(try trial.end())
        let last = try #require(trial.progress.last)
        #expect(last.answered <= report.answered)
        #expect(last.succeeded == last.answered)
        #expect(last.failed == 0)
        #expect(last.elapsed <= report.elapsed)
        #expect(last.fraction > 0 && last.fraction < 0.5)
    }

    @Test func progressIsTheShareOfRequestsWhereTheyAreCounted() throws {
        let server = try AnsweringServer(on: loop) { $0 <= 30 ? .answer(AnsweringServer.fine) : .silence }
        let trial = try Trial(.to(server.address, .requests(60)), on: loop)
        trial.test?.start()
        let isTold = try loop.run { trial.progress.last?.fraction == 0.5 }
        #expect(isTold)
        trial.cancel()
        _ = try trial.end()
    }

    // MARK: The end

    @Test(arguments: [(1, 5.0, 2, 10), (5, 100.0, 8, 10), (3, 50.0, 4, 9000)])
    func aWorkerWithoutARequestIsDoneAtOnce(requests: Int, rate: Double, threads: Int, concurrency: Int)
        throws
    {
        let server = try AnsweringServer(on: loop)
        let plan = try LoadPlan.to(
            server.address, .requests(requests), concurrency: concurrency, rate: rate)
        let report = try #require(try Trial(plan, threads: threads, on: loop).run(), "the test never ends")
        expect(report, sent: requests, succeeded: requests)
        #expect(report.unsent == 0)
    }

    @Test func aDurationThatHoldsNoRequestForAWorkerEnds() throws {
        let server = try AnsweringServer(on: loop)
        let plan = try LoadPlan(
            target: server.address, host: "test", amount: .duration(.milliseconds(200)), concurrency: 8,
            ratePerSecond: 5, limits: .command)
        expect(try Trial(plan, threads: 8, on: loop).run(), sent: 1, succeeded: 1)
    }

    @Test func aCancelledTestEndsWithinAHundredMilliseconds() throws {
        // Once is enough: the other tests, which run at the same time, can only make it longer.
        let isInTime = try (0..<20).contains { _ in try timeToCancel() < .milliseconds(100) }
        #expect(isInTime)
    }

    private func timeToCancel() throws -> Duration {
        let server = try AnsweringServer(on: loop) { $0 < 3 ? .answer(AnsweringServer.fine) : .silence }
        let trial = try Trial(
            .to(server.address, .duration(.seconds(60)), concurrency: 50), threads: 2, on: loop)
        trial.test?.start()
        let isUnderWay = try loop.run { server.requests >= 150 }
        #expect(isUnderWay)
        let clock = ContinuousClock.now
        trial.cancel()
        let report = try #require(try trial.end())
        let span = ContinuousClock.now - clock
        #expect(report.wasCancelled)
        expect(report, sent: 150, succeeded: 100, errors: [.cancelled: 50])
        return span
    }

    @Test func answersThatComeSoonAfterACancelAreCounted() throws {
        let server = try AnsweringServer(on: loop)
        let trial = try Trial(.to(server.address, .duration(.seconds(60)), concurrency: 5), on: loop)
        trial.test?.start()
        let isUnderWay = try loop.run { server.requests >= 100 }
        #expect(isUnderWay)
        trial.cancel()
        let report = try #require(try trial.end())
        expect(report, sent: server.requests, succeeded: server.requests)
        #expect(report.wasCancelled)
    }

    @Test func aTestThatWasNeverStartedCanBeCancelled() throws {
        let server = try AnsweringServer(on: loop)
        let trial = try Trial(.to(server.address, .requests(5)), on: loop)
        trial.cancel()
        expect(try trial.end(), sent: 0, succeeded: 0)
        #expect(server.accepted == 0)
    }

    @Test func whoeverLetsGoOfATestEndsItAndHearsNoMore() throws {
        let server = try AnsweringServer(on: loop)
        let trial = try Trial(.to(server.address, .duration(.seconds(60)), concurrency: 5), on: loop)
        trial.test?.start()
        let isUnderWay = try loop.run { server.requests >= 100 }
        #expect(isUnderWay)
        trial.letGo()
        let isOver = try loop.run { server.open == 0 }
        #expect(isOver)
        #expect(trial.reports.isEmpty)
    }
}
