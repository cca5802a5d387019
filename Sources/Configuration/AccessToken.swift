/// What a client of the dashboard shows to be let in.
///
/// It prints as `(set)`, so that no log, message or dump can give it away; who needs it asks for ``secret``.
public struct AccessToken: Equatable, Sendable {
    /// The token itself: ``Limits/token`` characters of visible ASCII. To be compared in constant time.
    public let secret: String

    /// Reads a token from its text.
    ///
    /// - Throws: ``AccessTokenError``, which says what is wrong and never repeats the text.
    public init(_ text: String) throws(AccessTokenError) {
        let characters = text.unicodeScalars
        if let index = characters.firstIndex(where: { !Self.isVisible($0) }) {
            let number = characters.distance(from: characters.startIndex, to: index) + 1
            throw AccessTokenError(
                problem: "character \(number) of the token is a space, or not printable ASCII")
        }
        guard Limits.token.contains(characters.count) else {
            throw AccessTokenError(problem: "the token has \(Self.count(characters.count))")
        }
        secret = text
    }

    private static func count(_ number: Int) -> String {
        number == 1 ? "1 character" : "\(number) characters"
    }

    /// What a header can carry as it is (RFC 9110 section 5.5), and a person can tell from nothing.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool { ("!"..."~").contains(scalar) }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// That there is one.
    public var description: String { "(set)" }

    /// The same.
    public var debugDescription: String { description }

    /// Nothing to look into, so that `dump` shows no more than a log.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A text that is no token.
public struct AccessTokenError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with it, without the text.
    public let problem: String

    /// The whole message, in one line.
    public var description: String {
        let (least, most) = (Limits.token.lowerBound, Limits.token.upperBound)
        return "\(problem); a token is \(least) to \(most) characters of printable ASCII without spaces"
    }
}
