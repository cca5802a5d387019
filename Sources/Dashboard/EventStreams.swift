import EventLoop
import HTTPServer
import Time

/// Sends events to all who watch (server-sent events, WHATWG HTML section 9.2): a tick each second, and a
/// change at once.
final class EventStreams {
    /// Streams at once at the most: a classroom's browsers, a tab each.
    static let most = 128
    /// A browser that lost us tries again after so many milliseconds.
    private static let retry = 1000
    /// Behind a second's end, so that it is whole.
    private static let lag = TimeSpan.milliseconds(10)
    /// A change is told at once and followed by a tick that shows it; many at once are followed by one.
    private static let followUp = TimeSpan.milliseconds(50)
    /// A client that has not read for so long is cut.
    static let patience = TimeSpan.seconds(10)
    /// Bytes that may wait for a client when a change is to be told.
    private static let backlog = 1 << 20

    private final class Stream {
        let http: HTTPServerStream
        /// Whether its client may watch still.
        let isAllowed: () -> Bool
        /// Since when bytes wait for the client.
        var deafSince: Instant?
        /// Bytes that waited for it at the last tick.
        var waited = 0

        init(_ http: HTTPServerStream, while isAllowed: @escaping () -> Bool) {
            self.http = http
            self.isAllowed = isAllowed
        }
    }

    /// Streams at once. They leave half of the listener's connections to whoever asks otherwise.
    let limit: Int
    private let loop: EventLoop
    private let patience: TimeSpan
    private let work: SideWork
    /// Makes a tick: once for all streams, or for one that begins while others watch.
    private let makeTick: (_ isForAll: Bool) -> HTTPServerContent
    /// Ticks to be made one after the other, each for a stream or for all; the first one may be in the making.
    private var ticks: [(content: HTTPServerContent?, isForAll: Bool, stream: Stream?)] = []
    private var streams: [Stream] = []
    private var clock: Timer?
    private var followUpTimer: Timer?
    private var hasFollowUp = false
    private(set) var changes = ChangeLog()

    init(
        on loop: EventLoop, connections: Int, patience: TimeSpan = patience, work: SideWork,
        tick makeTick: @escaping (_ isForAll: Bool) -> HTTPServerContent
    ) throws {
        limit = max(1, min(Self.most, connections / 2))
        self.loop = loop
        self.patience = patience
        self.work = work
        self.makeTick = makeTick
        clock = try Timer(on: loop) { [unowned self] in tickOnTime() }
        followUpTimer = try Timer(on: loop) { [unowned self] in
            hasFollowUp = false
            tick()
        }
    }

    /// How many watch.
    var count: Int { streams.count }

    /// Begins a stream with what came after a change, and with how things stand. It ends when its client is not
    /// allowed to watch any more, which is asked with each tick.
    func open(
        _ http: HTTPServerStream, after lastChange: UInt64?, while isAllowed: @escaping () -> Bool = { true }
    ) {
        let stream = Stream(http, while: isAllowed)
        let isAlone = streams.isEmpty
        if isAlone { scheduleTick() }
        streams.append(stream)
        http.onClose = { [unowned self, unowned stream] in streams.removeAll { $0 === stream } }
        http.send("retry: \(Self.retry)\n\n")
        if let lastChange { changes.after(lastChange).forEach { send($0, to: stream) } }
        begin(isForAll: isAlone, for: stream)
    }

    /// Tells of a change.
    func tell(_ change: Change) {
        let change = changes.append(change)
        for stream in streams where stream.http.waitingBytes < Self.backlog { send(change, to: stream) }
        tickSoon()
    }

    /// Shows soon what has changed.
    func tickSoon() {
        guard !streams.isEmpty, !hasFollowUp else { return }
        hasFollowUp = true
        followUpTimer?.schedule(after: Self.followUp)
    }

    /// Ends the streams of those who may not watch any more.
    func endForbidden() {
        let forbidden = streams.filter { !$0.isAllowed() }
        guard !forbidden.isEmpty else { return }
        streams.removeAll { stream in forbidden.contains { $0 === stream } }
        for stream in forbidden { stream.http.end() }
    }

    /// Ends all streams.
    func endAll() {
        for stream in streams { stream.http.end() }
        streams = []
        ticks = []
        clock?.cancel()
        followUpTimer?.cancel()
    }

    // MARK: Ticks

    private func scheduleTick() {
        let second = 1_000_000_000 as Int64
        let rest = second - loop.now.nanoseconds % second
        clock?.schedule(after: .nanoseconds(rest) + Self.lag)
    }

    private func tickOnTime() {
        tick()
        if !streams.isEmpty { scheduleTick() }
    }

    private func tick() {
        guard !streams.isEmpty else { return }
        // With very many servers the last one may not be whole yet.
        if ticks.contains(where: { $0.stream == nil }) { return tickSoon() }
        begin(isForAll: true, for: nil)
    }

    private func begin(isForAll: Bool, for stream: Stream?) {
        ticks.append((nil, isForAll, stream))
        if ticks.count == 1 { work.begin { [weak self] in self?.workOn() ?? SideWork.Step(hasMore: false) } }
    }

    /// Makes a piece of a tick, and sends the tick when it is whole.
    private func workOn() -> SideWork.Step {
        guard let tick = ticks.first else { return SideWork.Step(hasMore: false) }
        let content = tick.content ?? makeTick(tick.isForAll)
        ticks[0].content = content
        content.makePiece()
        guard content.isWhole else { return SideWork.Step(hasMore: true) }
        ticks.removeFirst()
        if let stream = tick.stream { stream.http.send(content) } else { send(content) }
        let receivers = tick.stream == nil ? streams.count : 1
        return SideWork.Step(bytes: content.bytes.count * receivers, hasMore: !ticks.isEmpty)
    }

    /// Who has not taken the last tick gets none.
    private func send(_ tick: HTTPServerContent) {
        endForbidden()
        for stream in streams {
            let waiting = stream.http.waitingBytes
            // One that reads slowly is not deaf.
            defer { stream.waited = waiting }
            if waiting == 0 {
                stream.deafSince = nil
                stream.http.send(tick)
            } else if let since = stream.deafSince, waiting >= stream.waited {
                if loop.now - since >= patience { stream.http.cut() }
            } else {
                stream.deafSince = loop.now
            }
        }
    }

    private func send(_ change: Change, to stream: Stream) {
        guard let data = try? JSONText.bytes(of: change) else { return }
        stream.http.send("id: \(change.id)\n" + Self.event("change", String(decoding: data, as: UTF8.self)))
    }

    /// A tick of these pieces of data.
    static func tick(_ data: [Piece]) -> [Piece] {
        [{ Array("event: tick\ndata: ".utf8) }] + data + [{ Array("\n\n".utf8) }]
    }

    /// JSON has no line ends of its own here.
    private static func event(_ name: String, _ data: String) -> String {
        "event: \(name)\ndata: \(data)\n\n"
    }
}
