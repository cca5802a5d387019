import Configuration
import EventLoop
import Platform
import Sockets
import Time

/// Looks host names up before a start: each once, side by side, on threads of their own, because getaddrinfo(3) blocks for
/// as long as the resolver does and cannot be ended.
///
/// Nothing is looked up again while the process runs.
final class NameLookups {
    /// How long the start waits for all names together. A resolver that drops packets has glibc give up after 10 s (two
    /// tries of 5 s, resolv.conf(5)); a second server or a search list makes that longer.
    static let limit = TimeSpan.seconds(30)
    /// How long it waits without a word.
    static let patience = TimeSpan.seconds(1)
    /// Until it says the same again.
    static let repetition = TimeSpan.seconds(5)
    /// Threads at a time. Each costs some 100 KiB while it waits, and a resolver that is slow is not to get a flood.
    static let sideBySide = 64
    /// Names in one line, and mistakes in one run, that are told one by one.
    static let mostNames = 20

    typealias Answer = Result<[SocketAddress], LookupFailure>

    private let loop: EventLoop
    private let mailbox: Mailbox<(HostName, Answer)>
    private let tell: (String) -> Void
    private let names: [HostName]
    private var next = 0
    private var answers: [HostName: Answer] = [:]
    private var word: Timer?

    /// Looks up all names of some endpoints.
    ///
    /// - Parameters:
    ///   - endpoints: with the place where each is said, for a message.
    ///   - tell: is told for what the start waits, from one second on.
    /// - Returns: the addresses of each.
    /// - Throws: ``LookupErrors`` with all names that have no address.
    static func addresses(
        of endpoints: [Configuration.PlacedEndpoint], tell: @escaping (String) -> Void
    ) throws -> ResolvedAddresses {
        let answers = try NameLookups(of: endpoints.compactMap(\.endpoint.hostName), tell: tell).run()
        var addresses: ResolvedAddresses = [:]
        var errors: [Diagnostic] = []
        for (endpoint, place) in endpoints {
            do throws(LookupFailure) {
                addresses[endpoint] = try endpoint.addresses { name throws(LookupFailure) in
                    try (answers[name] ?? .failure(unanswered)).get()
                }
            } catch {
                let reason = ResolutionError(endpoint: endpoint, reason: error.reason)
                errors.append(Diagnostic(reason.description, at: place))
            }
        }
        guard errors.isEmpty else { throw LookupErrors(diagnostics: errors) }
        return addresses
    }

    /// The addresses of one endpoint that no configuration has.
    static func addresses(of endpoint: Endpoint) throws -> [SocketAddress] {
        let placed: Configuration.PlacedEndpoint = (endpoint, .nowhere)
        let found = try addresses(of: [placed]) { StandardStream.error.write("\($0)\n") }
        return try found.addresses(of: endpoint)
    }

    private static var unanswered: LookupFailure { LookupFailure("no answer within \(limit.text)") }

    private init(of names: [HostName], tell: @escaping (String) -> Void) throws {
        var seen: Set<HostName> = []
        self.names = names.filter { seen.insert($0).inserted }
        self.tell = tell
        loop = try EventLoop()
        mailbox = try Mailbox()
    }

    /// Waits for all answers, or until the limit: a thread that has none by then ends with the process.
    private func run() throws -> [HostName: Answer] {
        guard !names.isEmpty else { return [:] }
        let reader = try mailbox.open(on: loop) { [unowned self] name, answer in note(answer, of: name) }
        let end = try Timer(on: loop) { [loop] in loop.stop() }
        end.schedule(after: Self.limit)
        word = try Timer(on: loop) { [unowned self] in tellWhatIsAwaited() }
        word?.schedule(after: Self.patience)
        try begin()
        // Where threads run out, one that has ended makes room for the next name.
        for _ in names.dropFirst().prefix(Self.sideBySide - 1) { try? begin() }
        loop.run()
        _ = consume reader
        return answers
    }

    private func begin() throws {
        guard next < names.count else { return }
        let name = names[next]
        _ = try WorkerThread(named: "look-up", descriptors: .shared) { [mailbox] in
            do throws(LookupFailure) {
                mailbox.post((name, .success(try name.lookUp())))
            } catch {
                mailbox.post((name, .failure(error)))
            }
        }
        next += 1
    }

    private func note(_ answer: Answer, of name: HostName) {
        answers[name] = answer
        do {
            try begin()
        } catch {
            // Those under way go on; at the limit the others have had no answer.
            tell("cannot look up more names side by side: \(error)")
        }
        if answers.count == names.count { loop.stop() }
    }

    private func tellWhatIsAwaited() {
        let awaited = names.filter { answers[$0] == nil }
        let told = awaited.prefix(Self.mostNames).map(\.description).joined(separator: ", ")
        let rest = awaited.count - Self.mostNames
        let more = rest > 0 ? " and \(rest) more" : ""
        let them = awaited.count == 1 ? "it" : "them"
        tell("still looking up \(told)\(more): the start waits for \(them), \(Self.limit.text) at most")
        word?.schedule(after: Self.repetition)
    }
}

/// Addresses that were looked up together, by how they are written.
typealias ResolvedAddresses = [Endpoint: [SocketAddress]]

extension ResolvedAddresses {
    /// What was found before, or what is found now.
    func addresses(of endpoint: Endpoint) throws -> [SocketAddress] {
        try self[endpoint] ?? endpoint.resolveAll()
    }

    /// Where to listen: at the first.
    func address(of endpoint: Endpoint) throws -> SocketAddress {
        try addresses(of: endpoint)[0]
    }
}

extension ServiceConfiguration {
    /// Lines about servers that are at one address by different names, which gets the share of both: only a name server
    /// knows, so it is no mistake, and may change until the next start.
    func sharedAddresses(_ found: [[SocketAddress]]) -> [String] {
        var owners: [String: String] = [:]
        var lines: [String] = []
        for (server, addresses) in zip(servers, found) {
            let texts = addresses.map(\.description)
            if let text = texts.first(where: { owners[$0] != nil }), let owner = owners[text] {
                lines.append("\(name): the servers \(owner) and \(server.name) are both at \(text)")
            }
            for text in texts where owners[text] == nil { owners[text] = server.name }
        }
        return Array(lines.prefix(NameLookups.mostNames))
    }
}

/// All names that could not be looked up, each with its place in the configuration.
struct LookupErrors: Error, CustomStringConvertible {
    let diagnostics: [Diagnostic]

    var description: String {
        let told = diagnostics.prefix(NameLookups.mostNames).map(\.description)
        let rest = diagnostics.count - told.count
        let more = rest > 0 ? ["and \(rest) more"] : []
        let summary = diagnostics.count > 1 ? ["\(diagnostics.count) errors"] : []
        return (told + more + summary).joined(separator: "\n")
    }
}
