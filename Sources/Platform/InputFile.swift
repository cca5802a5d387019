import Glibc

/// A file, a pipe or standard input that a command is to read.
public enum InputFile {
    /// Why it was not read.
    public enum Failure: Error, Equatable {
        /// What the system said.
        case unreadable(String)
        /// It has more bytes than allowed.
        case tooLarge
    }

    /// Read at once.
    private static let pieceSize = 64 * 1024

    /// All bytes until the end, at most `limit`: a pipe or `/dev/zero` need not end.
    ///
    /// - Parameter path: of the file; "-" is standard input.
    public static func bytes(of path: String, upTo limit: Int) throws(Failure) -> [UInt8] {
        guard path != "-" else { return try bytes(from: STDIN_FILENO, upTo: limit) }
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .unreadable(systemWords(errno)) }
        defer { close(number) }
        return try bytes(from: number, upTo: limit)
    }

    private static func bytes(from number: Int32, upTo limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceSize)
        while true {
            let count = piece.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(systemWords(errno)) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw .tooLarge }
        }
    }
}
