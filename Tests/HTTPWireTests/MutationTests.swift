import HTTPWire
import Testing

/// Damages recorded messages in ways that repeat from run to run, and holds the parser to what must be
/// true of any bytes.
@Suite struct MutationTests {
    /// Bytes that mean something somewhere.
    private static let odd = wire("\r\n\t :,;#*/@[]%0\u{0}\u{b}\u{7f}\u{80}\u{ff}_-=\"chunked")

    private static func damaged(_ bytes: [UInt8], _ random: inout Randomness) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !result.isEmpty {
            let place = Int.random(in: 0..<result.count, using: &random)
            let byte = Self.odd.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<5, using: &random) {
            case 0: result[place] = byte
            case 1: result.insert(byte, at: place)
            case 2: result.remove(at: place)
            case 3: result.swapAt(place, Int.random(in: 0..<result.count, using: &random))
            default:
                let end = min(result.count, place + 20)
                result.insert(contentsOf: result[place..<end], at: place)
            }
        }
        return result
    }

    private static func splits(_ count: Int, _ random: inout Randomness) -> [[Int]] {
        let places = (0..<6).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
        return [places + [count], Array(0...count)]
    }

    @Test(arguments: recordedRequests)
    func `a damaged request has one outcome under any split`(_ recorded: RecordedRequest) {
        var random = Randomness(state: UInt64(recorded.text.utf8.count))
        for _ in 0..<40 {
            let bytes = Self.damaged(wire(recorded.text), &random)
            let whole = readRequest(bytes, ends: [bytes.count])
            for ends in Self.splits(bytes.count, &random) {
                #expect(readRequest(bytes, ends: ends) == whole, "\(bytes)")
            }
        }
    }

    @Test(arguments: recordedResponses)
    func `a damaged response has one outcome under any split`(_ recorded: RecordedResponse) {
        var random = Randomness(state: UInt64(recorded.text.utf8.count))
        for _ in 0..<40 {
            let bytes = Self.damaged(wire(recorded.text), &random)
            let whole = readResponse(bytes, to: recorded.method, ends: [bytes.count])
            for ends in Self.splits(bytes.count, &random) {
                #expect(readResponse(bytes, to: recorded.method, ends: ends) == whole, "\(bytes)")
            }
        }
    }

    @Test(arguments: 0..<40)
    func `a damaged chunked body has one outcome under any split`(_ seed: UInt64) {
        var random = Randomness(state: seed)
        let body = "5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nX-Sum: 1\r\nY: z\r\n\r\nGET /next"
        for _ in 0..<40 {
            let bytes = Self.damaged(wire(body), &random)
            let whole = readBody(.chunked, bytes, ends: [bytes.count])
            for ends in Self.splits(bytes.count, &random) {
                #expect(readBody(.chunked, bytes, ends: ends) == whole, "\(bytes)")
            }
        }
    }
}
