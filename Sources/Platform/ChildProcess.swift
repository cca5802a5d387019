import CSystem
import Glibc

/// A process that this one started and that ends with it.
public struct ChildProcess: Sendable {
    /// Its process number.
    public let pid: pid_t

    /// How a process ended.
    public enum Ending: Equatable, Sendable, CustomStringConvertible {
        /// By itself, with this code.
        case exited(Int32)
        /// By this signal.
        case killed(Int32)

        /// For a person: `exit code 1`, `signal 9`.
        public var description: String {
            switch self {
            case .exited(let code): "exit code \(code)"
            case .killed(let signal): "signal \(signal)"
            }
        }
    }

    /// Starts this very program again with other arguments, in a process group of its own, so that
    /// Ctrl-C in a terminal reaches the parent alone and the parent decides in which order all end.
    ///
    /// - Returns: the process, and the first line that it prints on standard output; nil when it
    ///   ends without one. This waits for that line.
    /// - Throws: ``SpawnError`` with the system's error number.
    public static func startItself(
        arguments: [String]
    ) throws(SpawnError) -> (process: ChildProcess, firstLine: String?) {
        var ends: [Int32] = [-1, -1]
        guard evenkeel_pipe(&ends) == 0 else { throw SpawnError(code: errno) }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        let result = spawn(arguments: arguments, standardOutput: writing)
        close(writing)
        let pid = try result.get()
        return (ChildProcess(pid: pid), readLine(from: reading))
    }

    private static func spawn(arguments: [String], standardOutput: Int32) -> Result<pid_t, SpawnError> {
        var files = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&files)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&files)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&files, standardOutput, STDOUT_FILENO)
        // A signal that this thread happens to block must still end the child.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        // The link stays good when the program's file is replaced meanwhile.
        let code = posix_spawn(&pid, "/proc/self/exe", &files, &attributes, &words, environ)
        return code == 0 ? .success(pid) : .failure(SpawnError(code: code))
    }

    private static func readLine(from number: Int32) -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(number, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }

    /// How it ended; nil while it runs. To be asked once after the end (waitpid(2)).
    public func ending() -> Ending? {
        ending(options: WNOHANG)
    }

    /// Ends it at once, whatever it is at, and waits until it has.
    public func end() {
        kill(pid, SIGKILL)
        _ = ending(options: 0)
    }

    private func ending(options: Int32) -> Ending? {
        var status: Int32 = 0
        guard waitpid(pid, &status, options) == pid else { return nil }
        // WIFEXITED and its kin are macros, which Swift does not import: wait(2) defines these bits.
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal)
    }

    /// Makes this process end when its parent does, however that ends.
    ///
    /// - Returns: false when the parent is gone already.
    public static func endWithParent(_ parent: pid_t) -> Bool {
        evenkeel_end_with_parent(SIGTERM)
        return getppid() == parent
    }

    /// The number of this process.
    public static var current: pid_t { getpid() }
}

/// A process that could not be started.
public struct SpawnError: Error, CustomStringConvertible {
    /// The system's error number (errno(3)).
    public let code: Int32

    /// The whole message, in one line.
    public var description: String { "cannot start a process: \(String(cString: strerror(code)))" }
}
