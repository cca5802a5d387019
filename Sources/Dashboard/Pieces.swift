import HTTPServer

/// One part of a long text, made when its turn comes.
typealias Piece = () -> [UInt8]

/// JSON in pieces, so that a long answer is made bit by bit.
enum Pieces {
    /// A value that has an empty list for each of these members, with their elements filled in; each element is made of
    /// some pieces. The members are in alphabetical order.
    static func object(
        _ value: @escaping () throws -> some Encodable, filling lists: [(member: String, elements: [[Piece]])]
    ) -> [Piece] {
        var parts: [[UInt8]] = []
        let head: Piece = {
            parts = JSONText.parts(of: (try? JSONText.bytes(of: value())) ?? [], around: lists.map(\.member))
            return parts.removeFirst()
        }
        return [head] + lists.flatMap { list($0.elements) + [{ parts.removeFirst() }] }
    }

    /// A value in one piece.
    static func value(_ value: @escaping () throws -> some Encodable) -> Piece {
        { (try? JSONText.bytes(of: value())) ?? [] }
    }

    /// Elements with commas between those that are not empty.
    private static func list(_ elements: [[Piece]]) -> [Piece] {
        var isFirst = true
        return elements.flatMap { pieces -> [Piece] in
            guard let first = pieces.first else { return [] }
            let begin: Piece = {
                let text = first()
                if text.isEmpty { return text }
                defer { isFirst = false }
                return isFirst ? text : [UInt8(ascii: ",")] + text
            }
            return [begin] + pieces.dropFirst()
        }
    }
}

/// How things stand, in pieces.
extension AdminServer {
    func content(_ pieces: [Piece]) -> HTTPServerContent {
        HTTPServerContent(AnyIterator(pieces.lazy.map { $0() }.makeIterator()))
    }

    func pieces(ofService name: String) -> [Piece] {
        Pieces.object({ [balancer] in balancer.status(of: name) }, filling: [("servers", servers(of: name))])
    }

    func servers(of service: String) -> [[Piece]] { balancer.servers(of: service).map { [Pieces.value($0)] } }

    /// The exchanges after a number, newest first.
    func exchanges(of service: String, after id: UInt64, atMost limit: Int) -> [[Piece]] {
        let newest = balancer.newestExchange(of: service)
        return (0..<min(newest - min(id, newest), UInt64(limit))).map { number in
            [
                { [unowned self] in
                    answers.exchange(newest - number, of: service, from: balancer) ?? []
                }
            ]
        }
    }

    /// How everything stands, as the data of an event. Exchanges are told once, to all: a tick for one alone
    /// has none of them.
    func tick(isForAll: Bool) -> HTTPServerContent {
        logins.advance(to: loop.now)
        if !isForAll, let content = answers.content(of: .events, at: loop.now) { return content }
        let services = balancer.serviceNames.map { isForAll ? tickForAll($0) : tick($0, [], seen: 0) }
        let pieces = Pieces.object({ [unowned self] in tick }, filling: [("services", services)])
        let content = content(EventStreams.tick(pieces))
        if !isForAll { answers.keep(content, of: .events, at: loop.now) }
        return content
    }

    private func tickForAll(_ service: String) -> [Piece] {
        let newest = balancer.newestExchange(of: service)
        let told = lastTold[service] ?? 0
        lastTold[service] = newest
        return tick(
            service, exchanges(of: service, after: told, atMost: Tick.exchangeLimit), seen: newest - told)
    }

    private func tick(_ service: String, _ exchanges: [[Piece]], seen: UInt64) -> [Piece] {
        Pieces.object(
            { [balancer] in
                balancer.status(of: service).map { ServiceTick(service: $0, exchangesSeen: seen) }
            },
            filling: [("exchanges", exchanges), ("servers", servers(of: service))])
    }
}
