import Foundation

/// Writes the recorded messages of the tests as inputs to begin with: `seeds DIRECTORY`.
@main struct Seeds {
    /// How to read, in the form that `FuzzInput` has: an option byte, and two that choose the pieces.
    private static let ordinary: [UInt8] = [0, 0, 0]
    private static let tight: [UInt8] = [1, 0, 1]
    private static let answeringHead: [UInt8] = [4, 0, 2]
    /// The message's own length, all that there is, and no body.
    private static let otherFramings: [[UInt8]] = [[2 | 32 << 2, 0, 3], [3 | 1 << 2, 0, 4], [3, 0, 5]]

    static func main() throws {
        let root = URL(filePath: CommandLine.arguments[1])
        let requests = recordedRequests.map(\.text) + malformedRequests.map(\.text)
        try write(requests, readAs: [ordinary, tight], root.appending(path: "request-head"))
        let responses = recordedResponses.map(\.text) + malformedResponses.map(\.text)
        try write(
            responses, readAs: [ordinary, tight, answeringHead], root.appending(path: "response-head"))
        try write(
            recordedRequests.compactMap { body($0.text) } + recordedResponses.compactMap { body($0.text) }
                + malformedChunks.map(\.text) + chunkedBodies,
            readAs: [ordinary] + otherFramings, root.appending(path: "body"))
    }

    /// Bodies with what the recorded ones lack.
    private static let chunkedBodies = [
        "5\r\nhello\r\n6\r\n world\r\n000\r\n\r\nGET /next",
        "3 ; a=\"b;c\"\t\r\nabc\r\n0\t;\r\n\r\n",
        "2\r\nok\r\n0\r\nX-Sum:  a1 \r\nServer-Timing: t;dur=1\r\nX_Y:\r\n\r\nrest",
        "000000000000000A\r\n0123456789\r\n0;last\r\n\r\n",
        "7fffffffffffffff\r\nab",
        // Up to the limits of extensions and trailers.
        "1;\(repeated("x", 256))\r\na\r\n1 ;\(repeated("y", 255))\r\nb\r\n0;z\r\n\r\n",
        "0\r\n\(repeated("A: b\r\n", 32))\r\n",
        "0\r\nA: \(repeated("x", 4089))\r\n\r\n",
    ]

    private static func repeated(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count)
    }

    /// What follows the head.
    private static func body(_ message: String) -> String? {
        guard let end = message.range(of: "\r\n\r\n"), end.upperBound < message.endIndex else { return nil }
        return String(message[end.upperBound...])
    }

    private static func write(_ messages: [String], readAs headers: [[UInt8]], _ directory: URL) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for (number, message) in messages.enumerated() {
            for header in headers {
                let file = directory.appending(path: "\(number)-\(header[0])")
                try Data(header + wire(message)).write(to: file)
            }
        }
    }
}
