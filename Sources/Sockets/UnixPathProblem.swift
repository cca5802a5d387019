import Glibc

/// Why nobody can listen at the path of a Unix socket, from what lies there: the system's word is "address already in
/// use" for each of many reasons.
enum UnixPathProblem {
    /// What is wrong, and what would be right; nil where the system's own words say it.
    static func explain(_ error: SystemError, at path: String) -> String? {
        switch error.code {
        case EADDRINUSE: obstacle(at: path)
        case ENOENT where path.hasSuffix("/"): endsWithSlash
        case ENOENT where isFolder(folder(of: path)): "no file can be made in the folder \(folder(of: path))"
        case ENOENT: "the folder \(folder(of: path)) is not there"
        case ENOTDIR: "the path leads through something that is no folder"
        case EACCES, EPERM: "this user may not make a file in the folder \(folder(of: path))"
        default: nil
        }
    }

    /// What is in the way. Nothing but a socket that nobody listens on is ever taken away.
    private static func obstacle(at path: String) -> String {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            return errno == ENOTDIR && path.hasSuffix("/")
                ? endsWithSlash : "something was there, and is gone: try again"
        }
        switch status.st_mode & S_IFMT {
        case S_IFSOCK: return socketInTheWay(at: path)
        case S_IFREG: return "a plain file is there, and is left alone"
        case S_IFDIR: return "a directory is there: write the path of a file in it, such as \(inside(path))"
        case S_IFLNK:
            return "a symbolic link is there\(target(of: path)), and it is not followed: write where it leads"
        case S_IFIFO: return "a named pipe is there, and is left alone"
        default: return "a device is there, and is left alone"
        }
    }

    private static func socketInTheWay(at path: String) -> String {
        let error: SystemError
        do throws(SystemError) {
            _ = try Socket.connect(to: SocketAddress(unixPath: path))
            return listened
        } catch let failure {
            error = failure
        }
        switch error.code {
        case EPROTOTYPE:
            return "a socket of another kind is there, such as one for datagrams, and a program has it open"
        case EACCES, EPERM:
            return "a socket is there that this user may not connect to, so another program may listen"
        case ECONNREFUSED:
            return "a socket that nobody listens on is there, and this user may not take it away"
        default: return listened
        }
    }

    private static let endsWithSlash = "the path ends with a slash, so it names no file"

    private static let listened = "another program listens there; \"ss -lxp\" tells which"

    private static func folder(of path: String) -> String {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func inside(_ path: String) -> String {
        "unix:\(path)\(path.hasSuffix("/") ? "" : "/")evenkeel.sock"
    }

    private static func target(of path: String) -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.isEmpty ? "" : " to \(text)"
    }
}

extension Endpoint {
    /// Why nobody can listen here, where more can be known than the system's words; nil where not.
    ///
    /// - Parameter error: what listening failed with.
    public func explain(_ error: SystemError) -> String? {
        switch self {
        case .unix(let path): UnixPathProblem.explain(error, at: path)
        case .tcp: error.isAddressInUse ? "another program listens there; \"ss -ltnp\" tells which" : nil
        }
    }
}
