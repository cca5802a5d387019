import Sockets
import Testing

@testable import Proxy

@Suite struct RefusalTests {
    private func text(of refusal: Refusal) -> String {
        refusal.response().withSpan { span in
            String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
        }
    }

    @Test func theAnswerIsWholeAndNamesItsReason() {
        let body = "503 Service Unavailable: none of 3 servers is up and enabled\n"
        #expect(
            text(of: Refusal(for: .noneEligible(of: 3)))
                == "HTTP/1.1 503 Service Unavailable\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: \(body.utf8.count)\r\n"
                + "Retry-After: 1\r\n"
                + "Connection: close\r\n"
                + "\r\n"
                + body)
    }

    @Test func theStatusSaysWhatWentWrong() {
        let refusals = [
            ProxyError.connecting(SystemError(code: 111)), .timedOut(after: .milliseconds(1500)), .lost,
            .leftUnasked,
        ].map(Refusal.init)
        #expect(refusals.map(\.status) == [503, 504, 502, 502])
        #expect(
            refusals.map(\.body) == [
                "503 Service Unavailable: connection refused\n",
                "504 Gateway Timeout: connecting timed out after 1500ms\n",
                "502 Bad Gateway: the server closed the connection without an answer\n",
                "502 Bad Gateway: the server closed the connection before the request\n",
            ])
    }

    @Test func onlyWhatIsTheServersFaultIsBlamedOnIt() {
        #expect(ProxyError.connecting(SystemError(code: 111)).source == .server)
        #expect(ProxyError.connecting(.outOfDescriptors).source == .here)
        #expect(ProxyError.timedOut(after: .seconds(1)).source == .server)
        #expect(ProxyError.lost.source == .server)
        #expect(ProxyError.leftUnasked.source == .client)
        #expect(!ProxyError.noneEligible(of: 1).isRetryable)
        #expect(ProxyError.lost.isRetryable)
    }
}
