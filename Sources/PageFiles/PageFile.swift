import CDashboardPage

/// One file of the dashboard's page, as the compiler put it into the program.
public struct PageFile: Sendable {
    /// Its path below `page/`, such as `index.html`.
    public let path: String
    /// All of it.
    public let bytes: [UInt8]

    /// Every file of the page, and the API's description.
    ///
    /// This module is a fence: the bytes lie in the program's own read-only data, which C names by a pointer.
    public static let all: [PageFile] = {
        var count = 0
        guard let files = evenkeel_page_files(&count) else { return [] }
        return UnsafeBufferPointer(start: files, count: count).map { file in
            PageFile(
                path: String(cString: file.path),
                bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count)))
        }
    }()
}
