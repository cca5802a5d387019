import HTTPWire
import Time

/// What of a request the form of its answer hangs on.
struct Asked {
    let isRead: Bool
    var isHead: Bool
    let version: HTTPVersion
    let keepsAlive: Bool
    let expectsContinue: Bool

    init(_ head: borrowing RequestHead) {
        isRead = head.method == .get || head.method == .head
        isHead = head.method == .head
        version = head.version
        keepsAlive = head.keepAlive
        expectsContinue = head.expectsContinue
    }
}

extension ServerConnection {
    /// What the connection is at.
    enum Phase {
        /// Between requests; a fresh one had none yet.
        case idle(isFresh: Bool)
        /// A part of a request's head has come.
        case head
        /// Waits for its turn in the server's line, if that has one.
        case inLine(Work)
        /// Reads a request's content, and keeps it unless that is nil.
        case reading(Asked, kept: [UInt8]?, limit: Int, then: ([UInt8]) -> HTTPServerReply)
        /// Lets time pass until the answer is due.
        case delay(Asked, () -> HTTPServerResponse, due: Instant)
        /// The application sends content by and by.
        case streaming(HTTPServerStream, isLast: Bool)
        /// Sends what is left to send. `lingers` when the client may be sending still.
        case ending(lingers: Bool)
        /// Waits for the client to close: closing over unread bytes is a reset, which can overtake the
        /// answer and destroy it (RFC 9112 section 9.6).
        case lingering
        case closed
    }

    /// What the loop's time goes to.
    enum Work {
        /// The application looks at a head of so many bytes.
        case judge(Int)
        /// The application answers: the content has come.
        case reply(Asked, () -> HTTPServerReply)
        /// An answer's content is made, piece by piece.
        case make(Asked, HTTPServerResponse, HTTPServerContent)
    }
}
