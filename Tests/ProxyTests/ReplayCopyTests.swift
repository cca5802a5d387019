import Sockets
import Testing

@testable import Proxy

@Suite struct ReplayCopyTests {
    /// What a copy says of itself.
    private struct Kept: Equatable {
        let isComplete: Bool
        let text: String?

        static let nothing = Kept(isComplete: false, text: nil)
    }

    /// What is kept of bytes that were sent in these pieces.
    private func kept(of pieces: String...) -> Kept {
        var copy = ReplayCopy.empty
        for piece in pieces {
            var buffer = Buffer(capacity: max(piece.utf8.count, 1))
            buffer.append(piece.utf8)
            copy.append(buffer)
        }
        // Asked twice, because a second server may fail too.
        let (first, second) = (text(copy), text(copy))
        #expect(first == second)
        return Kept(isComplete: copy.isComplete, text: second)
    }

    private func text(_ copy: borrowing ReplayCopy) -> String? {
        guard let buffer = copy.bytesToSend() else { return nil }
        return buffer.withSpan { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    }

    @Test(arguments: ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"])
    func whatMayBeRepeatedIsKept(method: String) {
        #expect(
            kept(of: "\(method) / HTTP/1.1\r\n", "\r\n")
                == Kept(isComplete: true, text: "\(method) / HTTP/1.1\r\n\r\n"))
    }

    @Test(arguments: [
        "POST /", "PATCH /", "CONNECT a:1", "get /", "GETS /", "GE", "GET", " GET /", "\u{16}\u{3}\u{1}",
    ])
    func whatMustNotBeSentTwiceIsNotKept(beginning: String) {
        #expect(kept(of: beginning, " HTTP/1.1\r\n\r\n") == .nothing)
    }

    @Test func whereNothingWasSentNothingIsLost() {
        #expect(kept() == Kept(isComplete: true, text: nil))
    }

    @Test func aRequestAsLongAsTheLimitIsKept() {
        let request = "GET /" + String(repeating: "a", count: ReplayCopy.limit - 5)
        #expect(kept(of: request) == Kept(isComplete: true, text: request))
    }

    @Test func aLongerRequestIsGivenUpWhole() {
        let filling = String(repeating: "a", count: ReplayCopy.limit - 5)
        #expect(kept(of: "GET /" + filling + "b") == .nothing)
        #expect(kept(of: "GET /", filling, "b", "c") == .nothing)
    }
}
