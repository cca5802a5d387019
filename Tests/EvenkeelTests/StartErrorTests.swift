import Glibc
import Sockets
import Testing

@testable import evenkeel

@Suite struct StartErrorTests {
    private let endpoint = Endpoint.tcp(host: "127.0.0.1", port: 80)

    @Test func anAddressThatIsTakenComesWithAHint() {
        #expect(
            "\(StartError.listening(on: endpoint, SystemError(code: EADDRINUSE)))"
                == "cannot listen on 127.0.0.1:80: address already in use "
                + "(another program listens there; \"ss -ltnp\" tells which)")
    }

    @Test func anyOtherErrorIsInTheSystemsWords() {
        #expect(
            "\(StartError.listening(on: endpoint, SystemError(code: EACCES)))"
                == "cannot listen on 127.0.0.1:80: permission denied")
    }

    @Test func anAddressThatAListenerOfOursTakesIsToldAsThat() throws {
        let bound = [
            OwnListener(owner: "the service \"a\"", address: try Endpoint("127.0.0.1:81").resolve()),
            OwnListener(owner: "the service \"b\"", address: try Endpoint("0.0.0.0:80").resolve()),
        ]
        let error = StartError.listening(
            on: endpoint, at: try endpoint.resolve(), SystemError(code: EADDRINUSE), beside: bound)
        #expect(
            "\(error)" == "cannot listen on 127.0.0.1:80: address already in use "
                + "(the service \"b\" listens on 0.0.0.0:80)")
    }

    /// What lies at the path of a Unix socket, made in a folder, and what is said of it.
    @Test(
        "The path of a Unix socket that cannot be had comes with what lies there",
        arguments: [
            (path: "plain", hint: "a plain file is there, and is left alone"),
            (
                path: "folder",
                hint:
                    "a directory is there: write the path of a file in it, such as unix:FOLDER/folder/evenkeel.sock"
            ),
            (
                path: "link",
                hint: "a symbolic link is there to /nowhere, and it is not followed: write where it leads"
            ),
            (path: "pipe", hint: "a named pipe is there, and is left alone"),
            (
                path: "datagrams",
                hint:
                    "a socket of another kind is there, such as one for datagrams, and a program has it open"
            ),
            (path: "listened", hint: "another program listens there; \"ss -lxp\" tells which"),
            (path: "missing/x", hint: "the folder FOLDER/missing is not there"),
            (path: "plain/x", hint: "the path leads through something that is no folder"),
            (path: "other/", hint: "the path ends with a slash, so it names no file"),
            (path: "listened/", hint: "the path ends with a slash, so it names no file"),
        ])
    func unixPath(path: String, hint: String) throws {
        let folder = try Self.folderWithObstacles()
        defer { Self.remove(folder) }
        let endpoint = Endpoint.unix(path: "\(folder)/\(path)")
        let listened = try ListeningSocket.listen(on: Endpoint.unix(path: "\(folder)/listened").resolve())
        let datagrams = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(datagrams) }
        #expect(Self.bind(datagrams, to: "\(folder)/datagrams") == 0)
        let address = try endpoint.resolve()
        let error = try #require(throws: SystemError.self) { _ = try ListeningSocket.listen(on: address) }
        let expected = hint.split(separator: "FOLDER", omittingEmptySubsequences: false).joined(
            separator: folder)
        #expect(
            "\(StartError.listening(on: endpoint, error))"
                == "cannot listen on \(endpoint): \(error) (\(expected))")
        var status = stat()
        let isThere = lstat("\(folder)/\(path)", &status) == 0
        #expect(
            isThere != ["missing/x", "plain/x", "other/", "listened/"].contains(path), "nothing is taken away"
        )
        _ = consume listened
    }

    @Test func aFolderThatTakesNoFileIsThere() throws {
        let endpoint = Endpoint.unix(path: "/proc/x")
        let address = try endpoint.resolve()
        let error = try #require(throws: SystemError.self) { _ = try ListeningSocket.listen(on: address) }
        #expect(endpoint.explain(error) == "no file can be made in the folder /proc")
    }

    private static func folderWithObstacles() throws -> String {
        var template = Array("/tmp/evenkeel-XXXXXX".utf8CString)
        _ = try #require(mkdtemp(&template))
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        close(open("\(folder)/plain", O_CREAT | O_WRONLY, 0o600))
        mkdir("\(folder)/folder", 0o700)
        symlink("/nowhere", "\(folder)/link")
        mkfifo("\(folder)/pipe", 0o600)
        return folder
    }

    private static func bind(_ number: Int32, to path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func remove(_ folder: String) {
        for name in ["plain", "link", "pipe", "datagrams", "listened"] { unlink("\(folder)/\(name)") }
        rmdir("\(folder)/folder")
        rmdir(folder)
    }
}
