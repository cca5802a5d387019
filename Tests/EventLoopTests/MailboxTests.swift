import Foundation
import TestSupport
import Testing
import Time

@testable import EventLoop

@Suite struct MailboxTests {
    private struct Message: Sendable {
        let sender: Int
        let number: Int
    }

    @Test func messagesFromSeveralThreadsArriveInEachSendersOrderAndNoneIsLost() throws {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Message>()
        let (senders, each) = (4, 5_000)
        var received = [[Int]](repeating: [], count: senders)
        var total = 0
        let reader = try mailbox.open(on: loop) { message in
            received[message.sender].append(message.number)
            total += 1
            if total == senders * each { loop.stop() }
        }
        for sender in 0..<senders {
            Thread.detachNewThread {
                for number in 0..<each { mailbox.post(Message(sender: sender, number: number)) }
            }
        }
        try loop.runToTheStop()
        #expect(received.allSatisfy { $0 == Array(0..<each) })
        withExtendedLifetime(reader) {}
    }

    @Test func aMessageWakesALoopThatWaits() throws {
        let loop = try EventLoop()
        let (mailbox, echo) = (try Mailbox<Int>(), try Mailbox<Int>())
        // Each message is posted by a thread that waits for the one before, so the loop sleeps between them.
        let reader = try mailbox.open(on: loop) { number in
            if number == 50 { loop.stop() } else { echo.post(number + 1) }
        }
        Thread.detachNewThread {
            guard let other = try? EventLoop() else { return }
            let back = try? echo.open(on: other) { number in
                mailbox.post(number)
                if number == 50 { other.stop() }
            }
            mailbox.post(1)
            other.run()
            withExtendedLifetime(back) {}
        }
        try loop.runToTheStop()
        withExtendedLifetime(reader) {}
    }

    @Test func messagesPostedBeforeTheMailboxIsOpenedWait() throws {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Int>()
        for number in 1...3 { mailbox.post(number) }
        var received: [Int] = []
        let reader = try mailbox.open(on: loop) { received.append($0) }
        loop.runOneTurn()
        #expect(received == [1, 2, 3])
        withExtendedLifetime(reader) {}
    }

    @Test func aMessagePostedByTheReceiverArrivesInALaterTurn() throws {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Int>()
        var received: [Int] = []
        let reader = try mailbox.open(on: loop) { number in
            received.append(number)
            if number < 3 { mailbox.post(number + 1) }
        }
        mailbox.post(1)
        loop.runOneTurn()
        #expect(received == [1])
        loop.runOneTurn()
        loop.runOneTurn()
        #expect(received == [1, 2, 3])
        withExtendedLifetime(reader) {}
    }

    @Test func afterTheReaderIsDestroyedMessagesWaitForTheNextOne() throws {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Int>()
        var received: [Int] = []
        do {
            let reader = try mailbox.open(on: loop) { _ in Issue.record("nothing was posted yet") }
            loop.runOneTurn()
            withExtendedLifetime(reader) {}
        }
        mailbox.post(1)
        loop.runOneTurn()
        let reader = try mailbox.open(on: loop) { received.append($0) }
        loop.runOneTurn()
        #expect(received == [1])
        withExtendedLifetime(reader) {}
    }

    @Test func theReaderMayBeDestroyedByTheReceiver() throws {
        let loop = try EventLoop()
        let mailbox = try Mailbox<Int>()
        let owner = Owner()
        var received: [Int] = []
        weak var gone: MailboxReader?
        owner.reader = try mailbox.open(on: loop) { number in
            owner.reader = nil
            received.append(number)
        }
        gone = owner.reader
        mailbox.post(1)
        loop.runOneTurn()
        #expect(gone == nil)
        #expect(received == [1])
        mailbox.post(2)
        loop.runOneTurn()
        #expect(received == [1])
    }

    private final class Owner {
        var reader: MailboxReader?
    }
}
