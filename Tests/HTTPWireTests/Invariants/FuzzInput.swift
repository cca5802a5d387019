import HTTPWire

/// What a fuzzer's bytes ask for: the first three say how to read, and the rest is what is read.
struct FuzzInput {
    /// A bit for each choice that a target has.
    let options: UInt8
    /// The bytes to read as a message.
    let message: [UInt8]
    /// Two bytes of the input, so that the same input is always cut at the same places.
    private let seed: UInt64

    init(_ bytes: [UInt8]) {
        let header = bytes.prefix(3) + repeatElement(0, count: max(0, 3 - bytes.count))
        options = header[0]
        seed = UInt64(header[1]) << 8 | UInt64(header[2])
        message = Array(bytes.dropFirst(3))
    }

    /// Random numbers that belong to the input.
    var randomness: Randomness { Randomness(state: seed) }

    /// Where to cut so many bytes: up to eight pieces, some of them empty, and all the bytes at last.
    func ends(_ count: Int) -> [Int] {
        var random = randomness
        let places = (0..<Int.random(in: 0...7, using: &random)).map { _ in
            Int.random(in: 0...count, using: &random)
        }
        return places.sorted() + [count]
    }
}

extension HeadLimits {
    /// So tight that the short messages of a fuzzer reach each of them.
    static let tight = HeadLimits(requestLineBytes: 48, headBytes: 192, fields: 5)

    /// Enough for any head that was taken and is written anew, which can make it longer: by a space for
    /// each field, and by a Host.
    static let generous = HeadLimits(requestLineBytes: 65_535, headBytes: 65_535, fields: 1024)
}
