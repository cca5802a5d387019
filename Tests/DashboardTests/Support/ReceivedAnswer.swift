import Foundation
import Testing

/// An answer as a client reads it.
struct ReceivedAnswer {
    let status: Int
    /// By their names in lower case.
    let fields: [String: String]
    let body: String

    /// Reads an answer that is there as a whole; nil while it is not. One of HEAD is whole with its head.
    init?(_ text: String, toHead: Bool, isOver: Bool) {
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        self.status = status
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            fields[name] = fields[name].map { "\($0), \(value)" } ?? value
        }
        self.fields = fields
        body = String(text[end.upperBound...])
        if toHead || status == 304 || isOver { return }
        if let length = fields["content-length"].flatMap(Int.init) {
            guard body.utf8.count >= length else { return nil }
        } else if fields["transfer-encoding"] == "chunked" {
            guard body.hasSuffix("0\r\n\r\n") else { return nil }
        }
    }

    subscript(_ name: String) -> String? { fields[name.lowercased()] }

    /// The content, which is a JSON object.
    var json: [String: Any] {
        get throws {
            try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        }
    }

    /// The stable word of a problem; nil for what is none.
    var code: String? { try? json["code"] as? String }
}
