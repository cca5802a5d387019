import Foundation
import HTTPWire
import Testing

@Suite("A date of HTTP")
struct HTTPDateTests {
    @Test(
        "is written as in RFC 9110",
        arguments: [
            (784_111_777.9, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (-1, "Thu, 01 Jan 1970 00:00:00 GMT"), (.nan, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ])
    func isWritten(_ seconds: Double, _ text: String) {
        #expect(HTTPDate.text(unixSeconds: seconds) == text)
    }

    @Test("is that of the calendar, on each day of two centuries")
    func agreesWithTheCalendar() throws {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for day in stride(from: 0, to: 73_000, by: 1) {
            let seconds = Double(day) * 86_400 + 45_296
            let date = Date(timeIntervalSince1970: seconds)
            guard HTTPDate.text(unixSeconds: seconds) == format.string(from: date) else {
                Issue.record(
                    "\(format.string(from: date)) is written as \(HTTPDate.text(unixSeconds: seconds))")
                return
            }
        }
    }
}
