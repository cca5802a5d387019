/// What clients were told, by the first digit of the status.
public struct StatusClasses: Equatable, Sendable {
    /// The classes in order, as reports name them.
    public static let names = ["1xx", "2xx", "3xx", "4xx", "5xx", "none"]

    private var counts = InlineArray<6, UInt64>(repeating: 0)

    /// All zero.
    public init() {}

    /// How many answers each class had, in the order of ``names``.
    public var all: [(name: String, count: UInt64)] {
        Self.names.enumerated().map { place, name in (name, counts[place]) }
    }

    /// Counts an answer; status 0, or one that is none, is no answer.
    mutating func count(_ status: Int) {
        let digit = status / 100
        counts[1 <= digit && digit <= 5 ? digit - 1 : 5] &+= 1
    }

    /// Adds another's counts.
    static func += (left: inout StatusClasses, right: StatusClasses) {
        for place in left.counts.indices { left.counts[place] &+= right.counts[place] }
    }

    /// Whether two counted the same.
    public static func == (left: StatusClasses, right: StatusClasses) -> Bool {
        left.counts.indices.allSatisfy { left.counts[$0] == right.counts[$0] }
    }
}
