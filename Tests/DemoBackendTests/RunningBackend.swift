import EventLoop
import Foundation
import HTTPServer
import Sockets
import TestSupport

@testable import DemoBackend

/// A backend on a loop in a thread of its own, which ends with this object.
final class RunningBackend: Sendable {
    /// What commands find on the loop's thread.
    final class Inside {
        let loop: EventLoop
        /// Set to nil to let go of it, as a program does that is through with it.
        var backend: DemoBackend?

        init(loop: EventLoop, backend: DemoBackend) {
            self.loop = loop
            self.backend = backend
        }
    }

    typealias Command = @Sendable (Inside) -> Void

    let port: UInt16
    private let mailbox: Mailbox<Command>

    init(
        name: String = "Server-1", baseDelay: ClosedRange<Int> = 0...0,
        limits: HTTPServer.Limits = DemoBackend.limits
    ) throws {
        let mailbox = try Mailbox<Command>()
        let started = Handover<Result<UInt16, any Error>>()
        Thread.detachNewThread {
            do {
                let loop = try EventLoop()
                let inside = Inside(
                    loop: loop,
                    backend: try DemoBackend(
                        on: loop, listen: Endpoint("0").resolve(), name: name, baseDelay: baseDelay,
                        limits: limits))
                let reader = try mailbox.open(on: loop) { $0(inside) }
                started.give(.success(inside.backend?.application.port ?? 0))
                loop.run()
                withExtendedLifetime(reader) { inside.backend = nil }
            } catch {
                started.give(.failure(error))
            }
        }
        port = try started.take().get()
        self.mailbox = mailbox
    }

    deinit {
        mailbox.post { $0.loop.stop() }
    }

    /// Does something on the loop's thread, whenever it comes to it.
    func tell(_ command: @escaping Command) {
        mailbox.post(command)
    }

    /// Asks something on the loop's thread, and waits for the answer.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (DemoBackend) -> Answer) -> Answer? {
        let answer = Handover<Answer?>()
        tell { answer.give($0.backend.map(question)) }
        return answer.take()
    }

    /// Asks again and again, for up to ten seconds, until the answer is as wanted.
    func becomes<Answer: Sendable & Equatable>(
        _ wanted: Answer, _ question: @escaping @Sendable (DemoBackend) -> Answer
    ) -> Bool {
        poll { ask(question) == wanted }
    }
}

/// Asks again and again, for up to ten seconds, until the answer is yes.
func poll(_ condition: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while !condition() {
        guard ContinuousClock.now < end else { return false }
        usleep(1_000)  // between two polls
    }
    return true
}
