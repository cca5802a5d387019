import HTTPServer
import Time

/// Answers whose length grows with servers or exchanges: each is made in pieces, so that none holds the loop up.
///
/// What is long is made once a second for everyone who asks, until somebody changes something. What is short, or hangs
/// on what has ended since, is made anew for each.
struct LongAnswers {
    /// Content of fewer pieces is made anew: a person with few servers sees each request at once.
    private static let fewPieces = 32
    private static let lifetime = TimeSpan.seconds(1)
    /// The same for content that is being made: with very many servers that takes longer, and who asks meanwhile waits
    /// for it. It has an end, because the one whom it was made for may have left half-way.
    private static let longestMaking = TimeSpan.seconds(5)
    /// Exchanges of a service whose text is kept: somewhat more than are remembered.
    private static let exchangeTexts = 256

    private var kept: [Route: (content: HTTPServerContent, at: Instant)] = [:]
    /// By service and number: an exchange that is over never changes.
    private var exchanges: [String: [UInt64: [UInt8]]] = [:]

    /// The long content that was made for a route a short time ago, or is being made.
    func content(of route: Route, at now: Instant) -> HTTPServerContent? {
        guard let (content, at) = kept[route], Self.isFresh(content, at, now) else { return nil }
        return content.pieceCount > Self.fewPieces ? content : nil
    }

    private static func isFresh(_ content: HTTPServerContent, _ began: Instant, _ now: Instant) -> Bool {
        now - began < (content.isWhole ? lifetime : longestMaking)
    }

    /// From now on it lasts its time: with very many servers that had passed already.
    mutating func isWhole(_ content: HTTPServerContent, of route: Route, at now: Instant) {
        if kept[route]?.content === content { kept[route]?.at = now }
    }

    mutating func keep(_ content: HTTPServerContent, of route: Route, at now: Instant) {
        kept = kept.filter { Self.isFresh($0.value.content, $0.value.at, now) }
        kept[route] = (content, now)
    }

    /// Something has changed, which the next answers show.
    mutating func forget() { kept = [:] }

    /// An exchange as JSON; nil when it is no longer remembered.
    mutating func exchange(
        _ id: UInt64, of service: String, from balancer: any AdministeredBalancer
    ) -> [UInt8]? {
        if let text = exchanges[service]?[id] { return text }
        guard let exchange = balancer.exchange(id, of: service), let text = try? JSONText.bytes(of: exchange)
        else { return nil }
        let texts = exchanges[service]?.count ?? 0
        if texts >= Self.exchangeTexts, let oldest = exchanges[service]?.keys.min() {
            exchanges[service]?[oldest] = nil
        }
        exchanges[service, default: [:]][id] = text
        return text
    }
}
