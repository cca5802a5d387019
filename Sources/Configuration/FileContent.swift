import Foundation

/// Reads files that a configuration, or the command line, names.
enum FileContent {
    /// Why a file was not read.
    enum Failure: Error {
        /// What the system said.
        case unreadable(String)
        /// It has more bytes than allowed.
        case tooLarge
    }

    /// All bytes of a file that has at most `limit`.
    ///
    /// One byte more than that is asked for and no further one, so that a large file, a pipe or `/dev/zero`
    /// cannot fill the memory.
    static func bytes(of path: String, upTo limit: Int) throws(Failure) -> [UInt8] {
        let bytes: [UInt8]
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            bytes = Array(try handle.read(upToCount: limit + 1) ?? Data())
        } catch {
            throw .unreadable(reason(of: error))
        }
        guard bytes.count <= limit else { throw .tooLarge }
        return bytes
    }

    /// What the system said, out of the layers that Foundation wraps around it.
    private static func reason(of error: any Error) -> String {
        let outer = error as NSError
        let inner = outer.userInfo[NSUnderlyingErrorKey] as? NSError ?? outer
        guard inner.domain == NSPOSIXErrorDomain, let code = POSIXErrorCode(rawValue: Int32(inner.code))
        else {
            return outer.localizedDescription
        }
        return switch code {
        case .ENOENT: "no such file"
        case .EISDIR: "it is a directory"
        case .EACCES, .EPERM: "permission denied"
        default: inner.localizedDescription
        }
    }
}
