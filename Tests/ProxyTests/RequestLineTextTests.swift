import Sockets
import Testing

@testable import Proxy

@Suite struct RequestLineTextTests {
    private func line(_ text: String) -> RequestLineText {
        var buffer = Buffer(capacity: 1024)
        buffer.append(text.utf8)
        return RequestLineText(from: buffer)
    }

    @Test func theRequestLineIsTakenApart() {
        let request = line("GET /a?b HTTP/1.1\r\nHost: a\r\n")
        #expect(request.text == "GET /a?b")
        #expect(request.method == "GET")
        #expect(request.target == "/a?b")
    }

    @Test(arguments: ["", "\r\n", "\n"])
    func whereThereIsNoRequestLineThereIsNoText(text: String) {
        #expect(line(text).text == "")
        #expect(line(text).method == "")
        #expect(line(text).target == "")
    }

    @Test func ofALongTargetTheBeginningIsKept() {
        let request = line("GET /" + String(repeating: "a", count: 500) + " HTTP/1.1\r\n")
        #expect(request.text.utf8.count == RequestLineText.capacity)
        #expect(request.target.hasPrefix("/aaa"))
    }
}
