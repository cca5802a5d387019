import Glibc
import Sockets
import TestSupport
import Testing
import Time

@testable import EventLoop

@Suite struct SocketWatchTests {
    private let loop: EventLoop
    private let handler = Recorder()

    init() throws {
        loop = try EventLoop()
    }

    private func watch(
        _ number: Int32, for events: SocketEvents = .readable, trigger: SocketWatch.Trigger = .edge
    ) throws -> SocketWatch {
        try SocketWatch(number, for: events, trigger: trigger, on: loop, handler: handler)
    }

    /// What one turn reports.
    private func reports() -> [SocketEvents] {
        loop.runOneTurn()
        return handler.takeEvents()
    }

    @Test func anEdgeIsReportedOnceForEachChange() throws {
        let pair = try SocketPair()
        let watch = try watch(pair.near.number)
        #expect(reports() == [])
        send(1, to: pair.far.number)
        #expect(reports() == [.readable])
        #expect(reports() == [])
        send(1, to: pair.far.number)
        #expect(reports() == [.readable])
        withExtendedLifetime(watch) {}
    }

    @Test func aLevelIsReportedInEachTurnAsLongAsItHolds() throws {
        let pair = try SocketPair()
        let watch = try watch(pair.near.number, trigger: .level)
        send(1, to: pair.far.number)
        for _ in 0..<3 { #expect(reports() == [.readable]) }
        drain(pair.near.number)
        #expect(reports() == [])
        withExtendedLifetime(watch) {}
    }

    @Test func aSocketThatCanBeWrittenIsReportedAtOnceAndAgainAfterItWasFull() throws {
        let pair = try SocketPair()
        let watch = try watch(pair.near.number, for: [.readable, .writable])
        #expect(reports() == [.writable])
        #expect(reports() == [])
        fill(pair.near.number)
        #expect(reports() == [])
        drain(pair.far.number)
        #expect(reports() == [.writable])
        withExtendedLifetime(watch) {}
    }

    @Test func bothDirectionsComeInOneReport() throws {
        let pair = try SocketPair()
        send(1, to: pair.far.number)
        let watch = try watch(pair.near.number, for: [.readable, .writable])
        #expect(reports() == [[.readable, .writable]])
        withExtendedLifetime(watch) {}
    }

    @Test func aPeerThatWillSendNoMoreIsReportedAsClosedWithWhatItSentBefore() throws {
        let pair = try SocketPair()
        let watch = try watch(pair.near.number, for: [.readable, .closed])
        send(1, to: pair.far.number)
        shutdown(pair.far.number, Int32(SHUT_WR))
        #expect(reports() == [[.readable, .closed]])
        #expect(drain(pair.near.number) == 1)
        #expect(reports() == [])
        withExtendedLifetime(watch) {}
    }

    @Test func aPeerThatIsGoneIsReported() throws {
        let watch: SocketWatch
        let near: Int32
        do {
            let pair = try SocketPair()
            near = dup(pair.near.number)
            watch = try self.watch(near, for: [.readable, .writable, .closed])
            #expect(reports() == [.writable])
        }
        let seen = reports().reduce(into: SocketEvents()) { $0.formUnion($1) }
        #expect(seen.isSuperset(of: [.readable, .closed]))
        consume(watch)
        close(near)
    }

    @Test func aResetRightBehindBytesIsReportedAsSuch() throws {
        let watch: SocketWatch
        let near: Int32
        do {
            let pair = try SocketPair()
            near = dup(pair.near.number)
            watch = try self.watch(near, for: [.readable, .writable, .closed])
            #expect(reports() == [.writable])
            send(3, to: pair.far.number)
            // A Unix socket that is closed with bytes unread is reset.
            send(1, to: near)
        }
        #expect(reports() == [[.readable, .writable, .closed, .failed]])
        #expect(drain(near) == 3)
        #expect(reports() == [])
        consume(watch)
        close(near)
    }

    @Test func whoWatchesForBytesAloneIsToldOfAResetAsOfBytes() throws {
        let watch: SocketWatch
        let near: Int32
        do {
            let pair = try SocketPair()
            near = dup(pair.near.number)
            watch = try self.watch(near)
            send(1, to: near)
        }
        #expect(reports() == [.readable])
        consume(watch)
        close(near)
    }

    @Test func aConnectionThatIsRefusedHasFailed() throws {
        let server = try RefusingServer()
        let socket = try Socket.connect(to: server.address)
        let watch = try watch(socket.number, for: [.readable, .writable, .closed])
        #expect(reports() == [[.readable, .writable, .closed, .failed]])
        #expect(socket.pendingError()?.isRefusal == true)
        consume(watch)
    }

    @Test func whatHappensDuringAPauseIsReportedAfterIt() throws {
        let pair = try SocketPair()
        let watch = try watch(pair.near.number)
        watch.pause()
        send(1, to: pair.far.number)
        #expect(reports() == [])
        try watch.resume()
        #expect(reports() == [.readable])
        #expect(reports() == [])
    }

    @Test func whatWasLeftUnreadIsReportedAgainAfterAPause() throws {
        let pair = try SocketPair()
        let watch = try watch(pair.near.number)
        send(1, to: pair.far.number)
        #expect(reports() == [.readable])
        watch.pause()
        try watch.resume()
        #expect(reports() == [.readable])
    }

    @Test func pausingAndResumingTwiceIsTheSameAsOnce() throws {
        let pair = try SocketPair()
        let watch = try watch(pair.near.number)
        watch.pause()
        watch.pause()
        try watch.resume()
        try watch.resume()
        send(1, to: pair.far.number)
        #expect(reports() == [.readable])
        watch.pause()
        send(1, to: pair.far.number)
        #expect(reports() == [])
    }

    @Test func aWatchThatIsPausedByAnotherCallbackOfTheTurnStaysSilent() throws {
        let first = try SocketPair()
        let second = try SocketPair()
        let watches = Watches()
        let firstHandler = Recorder()
        let secondHandler = Recorder()
        // Whichever comes first silences both.
        firstHandler.onSocket = { _ in watches.destroy() }
        secondHandler.onSocket = { _ in watches.destroy() }
        watches.first = try SocketWatch(
            first.near.number, for: .readable, trigger: .edge, on: loop, handler: firstHandler)
        watches.second = try SocketWatch(
            second.near.number, for: .readable, trigger: .edge, on: loop, handler: secondHandler)
        send(1, to: first.far.number)
        send(1, to: second.far.number)
        loop.runOneTurn()
        #expect(firstHandler.events.count + secondHandler.events.count == 1)
    }

    @Test func aDestroyedWatchReportsNothingMore() throws {
        let pair = try SocketPair()
        do {
            let watch = try watch(pair.near.number)
            send(1, to: pair.far.number)
            withExtendedLifetime(watch) {}
        }
        #expect(reports() == [])
    }

    @Test func aNumberThatIsUsedAgainIsWatchedAfresh() throws {
        let first = try SocketPair()
        let number = fcntl(first.near.number, F_DUPFD_CLOEXEC, 500)
        do {
            let watch = try watch(number)
            send(1, to: first.far.number)
            #expect(reports() == [.readable])
            withExtendedLifetime(watch) {}
        }
        close(number)
        let second = try SocketPair()
        #expect(dup2(second.near.number, number) == number)
        let watch = try watch(number, trigger: .level)
        send(1, to: second.far.number)
        #expect(reports() == [.readable])
        consume(watch)
        close(number)
    }

    @Test func whatCannotBeWatchedIsAnError() throws {
        let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        // epoll_ctl(2) refuses regular files.
        #expect(throws: EventLoopError.self) { _ = try watch(file) }
    }

    private func consume(_ watch: consuming SocketWatch) {}

    /// Two watches that can be destroyed from a callback.
    private final class Watches {
        var first: SocketWatch?
        var second: SocketWatch?

        func destroy() {
            first = nil
            second = nil
        }
    }
}
