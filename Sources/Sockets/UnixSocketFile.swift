import Glibc

/// The file of a Unix socket, told apart from whatever else comes to lie at its path.
struct UnixSocketFile: Equatable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// What lies at the path; nil when nothing does, or something that is no socket: a connection to
    /// a plain file is refused as one to an abandoned socket is, and it must not be taken for one.
    init?(at path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Takes the file away if it is still this one: a successor may listen at the path already. The
    /// inode's number is not given out again as long as its socket is open.
    func removeUnlessReplaced() {
        if UnixSocketFile(at: path) == self { remove() }
    }

    /// Takes the file away.
    func remove() {
        unlink(path)
    }
}
