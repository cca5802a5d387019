import HTTPServer
import PageFiles

/// The page's files, as they are served.
struct PageAssets {
    private struct Asset {
        let bytes: [UInt8]
        let type: String
        let tag: String
    }

    private let assets: [String: Asset]

    init() {
        assets = PageFile.all.reduce(into: [:]) { assets, file in
            assets[file.path] = Asset(
                bytes: file.bytes, type: Self.type(of: file.path), tag: "\"\(Self.hash(file.bytes))\"")
        }
    }

    /// A file; nil when there is none. A browser that has it already is told so (RFC 9110 section 13.1.2).
    func answer(_ path: String, to request: HTTPServerRequest) -> HTTPServerResponse? {
        guard let asset = assets[path] else { return nil }
        let fields = [
            ("Content-Type", asset.type), ("ETag", asset.tag), ("Cache-Control", "no-cache"),
        ]
        guard request.value(of: "If-None-Match") != asset.tag else {
            return HTTPServerResponse(status: 304, fields: fields)
        }
        return HTTPServerResponse(status: 200, fields: fields, body: .bytes(asset.bytes))
    }

    private static func type(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "json": "application/json"
        default: "application/octet-stream"
        }
    }

    /// FNV-1a: tells one build's file from another's; no secret hangs on it.
    private static func hash(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}
