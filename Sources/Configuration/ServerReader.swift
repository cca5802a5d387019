import Balancing
import Sockets
import Yams

/// A server with the place that names it, so that a clash with another one can be shown.
struct PlacedServer {
    let server: ServerConfiguration
    let place: Place
}

/// Reads the list `servers`.
struct ServerReader {
    let report: Report
    /// Of the list in the long form.
    let path: [String]

    /// The servers of a list's nodes; those that are wrong are noted and left out.
    func read(_ nodes: [Node]) -> [PlacedServer] {
        let servers = nodes.enumerated().compactMap { index, node in
            read(node, path: path + ["\(index)"])
        }
        Self.refuseRepeats(servers, report: report)
        return servers
    }

    /// Notes servers that share a name or an address.
    static func refuseRepeats(_ servers: [PlacedServer], report: Report) {
        var names: Set<String> = []
        var addresses: [Endpoint: PlacedServer] = [:]
        for placed in servers {
            let (name, address) = (placed.server.name, placed.server.address)
            if let other = addresses[address.folded] {
                let written = other.server.address
                let form = written == address ? "" : " as \"\(written)\"\(Routes.line(other.place))"
                report.add(
                    "the address \"\(address)\" is already in the list of servers\(form)", at: placed.place)
                continue
            }
            addresses[address.folded] = placed
            if !names.insert(name).inserted {
                report.add(
                    "the name \(QuotedText.quote(name)) is already in the list of servers", at: placed.place)
            }
        }
    }

    private func read(_ node: Node, path: [String]) -> PlacedServer? {
        switch node {
        case .mapping(let mapping):
            return read(MappingReader(mapping, keys: Schema.server, path: path, report: report))
        case .scalar(let scalar):
            // A host may have the name of a key.
            if let key = Suggestion.keyWithoutSpace(in: scalar.string, among: Schema.server),
                (try? Endpoint(scalar.string)) == nil
            {
                report.add("a space is missing behind \"\(key):\"", at: report.place(of: node))
                return nil
            }
            guard let address = report.read(node, named: "a server", as: .serverAddress) else { return nil }
            report.setOrigin(of: path + ["address"], to: node)
            refuseAsName(address, at: report.place(of: node))
            return PlacedServer(
                server: ServerConfiguration(address: address), place: report.place(of: node))
        case .sequence, .alias:
            report.add(
                "a server is an address, or a mapping with \"address\", not \(node.kind)",
                at: report.place(of: node))
            return nil
        }
    }

    /// The path of a Unix socket may have any bytes, and a name, which stands in logs and URLs, may not.
    private func refuseAsName(_ address: Endpoint, at place: Place) {
        guard !address.description.unicodeScalars.allSatisfy(QuotedText.isPrintable) else { return }
        report.add(
            "the address has characters that do not print, so it cannot be the server's name: give it a \"name\"",
            at: place)
    }

    private func read(_ mapping: MappingReader) -> PlacedServer? {
        mapping.require("address", "where the server is reached, such as 127.0.0.1:8081")
        let name = mapping.value("name", as: .serverName)
        let weight = mapping.value("weight", as: .integer(in: Server.weights)) ?? Defaults.weight
        let connections = mapping.value("max_connections", as: .integer(in: Limits.connections))
        guard let address = mapping.value("address", as: .serverAddress) else { return nil }
        if mapping.entry("name") == nil { refuseAsName(address, at: mapping.place) }
        let server = ServerConfiguration(
            name: name, address: address, weight: weight,
            maxConnections: connections ?? Defaults.maxConnections)
        return PlacedServer(server: server, place: mapping.place)
    }
}
