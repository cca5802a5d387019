import Glibc

extension Socket {
    /// The most that is read of an answer, in bytes: a head and the beginning of a small body.
    private static let answerBytes = 8192

    /// Asks whoever listens at an address something, and waits for the beginning of the answer: for a command that has
    /// nothing else to do.
    ///
    /// - Returns: what came until the stream's end, the time's end or 8 KiB; empty when nobody answers.
    public static func answer(of address: SocketAddress, to question: String, within span: Duration) -> String
    {
        guard let socket = try? connect(to: address) else { return "" }
        let end = ContinuousClock.now + span
        guard socket.waits(for: POLLOUT, until: end), socket.pendingError() == nil else { return "" }
        let bytes = Array(question.utf8)
        guard send(socket.number, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            return ""
        }
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: answerBytes)
        while answer.count < answerBytes, socket.waits(for: POLLIN, until: end) {
            let count = recv(socket.number, &piece, piece.count, 0)
            guard count > 0 else { break }
            answer += piece.prefix(count)
        }
        return String(decoding: answer, as: UTF8.self)
    }

    /// Whether somebody takes a connection at an address, which is closed at once.
    public static func isTaken(at address: SocketAddress, within span: Duration) -> Bool {
        guard let socket = try? connect(to: address) else { return false }
        return socket.waits(for: POLLOUT, until: ContinuousClock.now + span) && socket.pendingError() == nil
    }

    private func waits(for events: Int32, until end: ContinuousClock.Instant) -> Bool {
        let rest = (end - ContinuousClock.now) / .milliseconds(1)
        guard rest > 0 else { return false }
        var watched = pollfd(fd: number, events: Int16(events), revents: 0)
        return poll(&watched, 1, Int32(rest.rounded(.up))) > 0
    }
}
