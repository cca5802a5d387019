import Foundation
import TestSupport
import Testing

/// One event as a client reads it.
struct ReceivedEvent {
    let name: String
    let id: Int?
    let data: [String: Any]
}

/// A client that watches the events.
final class Watcher {
    let peer: Peer

    init(_ peer: Peer) {
        self.peer = peer
    }

    /// The content that came so far, without its chunks' frames.
    private var content: String {
        let text = peer.received
        guard let end = text.range(of: "\r\n\r\n") else { return "" }
        var rest = text[end.upperBound...].utf8[...]
        var content: [UInt8] = []
        while let line = rest.firstIndex(of: UInt8(ascii: "\r")),
            let size = Int(String(decoding: rest[..<line], as: UTF8.self), radix: 16), size > 0,
            rest.count >= rest.distance(from: rest.startIndex, to: line) + size + 4
        {
            let start = rest.index(line, offsetBy: 2)
            let finish = rest.index(start, offsetBy: size)
            content += rest[start..<finish]
            rest = rest[rest.index(finish, offsetBy: 2)...]
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// The whole events that came so far.
    var events: [ReceivedEvent] {
        content.components(separatedBy: "\n\n").dropLast().compactMap { block in
            var members: [String: String] = [:]
            for line in block.split(separator: "\n") {
                guard let colon = line.firstIndex(of: ":") else { continue }
                members[String(line[..<colon])] = String(line[line.index(colon, offsetBy: 2)...])
            }
            guard let name = members["event"], let data = members["data"] else { return nil }
            let object = try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
            return ReceivedEvent(name: name, id: members["id"].flatMap(Int.init), data: object ?? [:])
        }
    }

    /// The names of the events that came so far.
    var names: [String] { events.map(\.name) }

    /// The ticks that came so far.
    var ticks: [[String: Any]] { events.filter { $0.name == "tick" }.map(\.data) }

    /// The ids of the changes that came so far.
    var changeIDs: [Int?] { events.filter { $0.name == "change" }.map(\.id) }

    /// What each tick told of the only service: the exchanges' ids, and how many there were.
    var exchanges: [(ids: [Int], seen: Int)] {
        ticks.compactMap { tick in
            guard let service = (tick["services"] as? [[String: Any]])?.first,
                let exchanges = service["exchanges"] as? [[String: Any]],
                let seen = service["exchanges_seen"] as? Int
            else { return nil }
            return (exchanges.compactMap { $0["id"] as? Int }, seen)
        }
    }
}
