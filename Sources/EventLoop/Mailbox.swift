import CSystem
import Sockets
import Synchronization

/// Carries messages from any thread to the loop that opened it: the one way across threads.
///
/// A lock around an array, and an eventfd that wakes the loop when the array becomes non-empty. Order
/// is kept for each sender.
public final class Mailbox<Message: Sendable>: Sendable {
    private let waiting = Mutex<[Message]>([])
    private let bell: FileDescriptor

    /// Makes a mailbox that no loop reads yet; messages wait.
    ///
    /// - Throws: ``EventLoopError`` when no descriptor is left.
    public init() throws(EventLoopError) {
        let number = evenkeel_eventfd()
        guard number >= 0 else { throw .unavailable }
        bell = FileDescriptor(owning: number)
    }

    /// The number of its descriptor: a thread with a table of descriptors of its own keeps it there, in order to
    /// post and to read. The last reference is to be let go of on a thread with the table that it was made in.
    public var number: Int32 { bell.number }

    /// Posts a message; callable from any thread, never blocks for long.
    public func post(_ message: Message) {
        let wasEmpty = waiting.withLock { messages in
            defer { messages.append(message) }
            return messages.isEmpty
        }
        if wasEmpty { evenkeel_ring(bell.number) }
    }

    /// Takes all that waits, oldest first.
    func takeAll() -> [Message] {
        // First the bell: a message posted in between rings it again.
        evenkeel_silence(bell.number)
        return waiting.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }

    /// Calls `receive` on the loop's thread for each message, for as long as the answer lives.
    public func open(
        on loop: EventLoop, receive: @escaping (Message) -> Void
    ) throws(EventLoopError) -> MailboxReader {
        try MailboxReader(bell.number, on: loop) { [self] in
            for message in takeAll() { receive(message) }
        }
    }
}

/// Reads a mailbox on a loop until it is destroyed, also by a message's receiver; the messages that
/// came along with that one are still received.
public final class MailboxReader {
    private let event: Event
    private let callback: Callback

    fileprivate init(
        _ number: Int32, on loop: EventLoop, deliver: @escaping () -> Void
    ) throws(EventLoopError) {
        callback = Callback(deliver)
        let flags: SocketEvents = [.readable, .persistent]
        let event = try Event(
            on: loop, number: number, flags: flags.rawValue, context: callback, callback: callbackTrampoline)
        try event.add()
        self.event = event
    }
}
