import Sockets

/// Where services listen and their servers lead, to find those from which traffic comes back for ever.
struct Routes {
    /// An address that somebody wrote.
    struct Spot {
        let endpoint: Endpoint
        /// What it stands for, as far as that is known.
        let addresses: [SocketAddress]
        /// Where it was written.
        let place: Place
    }

    /// A service, with its listener and servers.
    struct Stop {
        let name: String
        let listener: Spot
        let servers: [Spot]
    }

    /// A server that is a service's listener.
    private struct Hop {
        let from: Int
        let server: Int
        let to: Int
    }

    let stops: [Stop]

    /// Every circle, with the place of the server that closes it. Without those servers there would be none.
    func circles() -> [(message: String, place: Place)] {
        let hops = findHops()
        var circles: [(String, Place)] = []
        var isDone = [Bool](repeating: false, count: stops.count)
        var isOnWay = isDone
        for start in stops.indices where !isDone[start] {
            // The way from the start to where the search is, without recursion: a file may have thousands of services.
            var way = [(stop: start, next: 0)]
            isOnWay[start] = true
            while let (stop, next) = way.last {
                guard next < hops[stop].count else {
                    isDone[stop] = true
                    isOnWay[stop] = false
                    way.removeLast()
                    continue
                }
                way[way.count - 1].next += 1
                let hop = hops[stop][next]
                if isOnWay[hop.to] {
                    let circle = way.drop { $0.stop != hop.to }
                    circles.append(explain(circle.map { hops[$0.stop][$0.next - 1] }))
                } else if !isDone[hop.to] {
                    way.append((hop.to, 0))
                    isOnWay[hop.to] = true
                }
            }
        }
        return circles
    }

    /// Of each service, the servers that are services.
    private func findHops() -> [[Hop]] {
        let machine = LocalAddresses()
        var doors: [ListenScope.Door: [(stop: Int, scope: ListenScope)]] = [:]
        // A name that was not looked up is still the same name.
        var names: [Endpoint: [Int]] = [:]
        for (index, stop) in stops.enumerated() {
            names[stop.listener.endpoint.folded, default: []].append(index)
            for scope in stop.listener.addresses.prefix(1).map(ListenScope.init) {
                scope.door.map { doors[$0, default: []].append((index, scope)) }
            }
        }
        return stops.enumerated().map { from, stop in
            stop.servers.enumerated().flatMap { server, spot in
                var found = spot.addresses.isEmpty ? names[spot.endpoint.folded, default: []] : []
                for address in spot.addresses {
                    guard let door = ListenScope.Door(leadingTo: address) else { continue }
                    for (to, scope) in doors[door, default: []]
                    where scope.takes(address, on: machine) && !found.contains(to) {
                        found.append(to)
                    }
                }
                return found.map { Hop(from: from, server: server, to: $0) }
            }
        }
    }

    private func explain(_ circle: [Hop]) -> (String, Place) {
        guard let last = circle.last else { return ("", .nowhere) }
        let place = stops[last.from].servers[last.server].place
        guard circle.count > 1 else { return (explainOwn(last), place) }
        let names = circle.map { QuotedText.quote(stops[$0.from].name) }
        let parts = circle.map { hop in
            let (server, listener) = (stops[hop.from].servers[hop.server], stops[hop.to].listener)
            return
                "the server \"\(server.endpoint)\" of \(QuotedText.quote(stops[hop.from].name))"
                + "\(Self.line(server.place)) leads to \(QuotedText.quote(stops[hop.to].name)), "
                + "which listens on \"\(listener.endpoint)\"\(Self.line(listener.place))"
        }
        let way = (names + names.prefix(1)).joined(separator: " to ")
        return ("traffic would go round for ever from \(way): \(parts.joined(separator: ", and "))", place)
    }

    private func explainOwn(_ hop: Hop) -> String {
        let (server, listener) = (stops[hop.from].servers[hop.server], stops[hop.to].listener)
        let own = "the server \"\(server.endpoint)\" is the service's own listen address"
        guard server.endpoint != listener.endpoint else { return own }
        return "\(own): \(QuotedText.quote(stops[hop.to].name)) listens on \"\(listener.endpoint)\""
            + Self.line(listener.place)
    }

    /// In brackets, where there is something to say.
    static func line(_ place: Place) -> String {
        place == .nowhere ? "" : " (\(place.line))"
    }
}

extension Configuration {
    /// Services whose traffic comes back to them for ever, once all names have been looked up: a line about each, with
    /// the place of the server to change.
    ///
    /// - Parameters:
    ///   - listening: where a service listens.
    ///   - leading: where the servers of a service are, in their order.
    public func circles(
        listening: (ServiceConfiguration) -> SocketAddress?,
        leading: (ServiceConfiguration) -> [[SocketAddress]]
    ) -> [String] {
        let stops = services.map { service in
            let path = ["services", service.name]
            return Routes.Stop(
                name: service.name,
                listener: Routes.Spot(
                    endpoint: service.listen, addresses: [listening(service)].compactMap { $0 },
                    place: origins[path + ["listen"]].place),
                servers: zip(service.servers, leading(service)).enumerated().map { index, server in
                    Routes.Spot(
                        endpoint: server.0.address, addresses: server.1,
                        place: origins[path + ["servers", "\(index)", "address"]].place)
                })
        }
        return Routes(stops: stops).circles().map { message, place in
            place == .nowhere ? message : "\(place.line): \(message)"
        }
    }
}

extension Origin {
    /// The same as a place; the column is not known any more.
    fileprivate var place: Place {
        switch self {
        case .standard: .nowhere
        case .file(let name, let line): .file(name: name, line: line, column: 1)
        case .environment(let name), .flag(let name): .named(name)
        }
    }
}
