import ArgumentParser
import EventLoop
import Glibc
import Logging
import Platform

/// The demo's backends: child processes that are watched, and end with the demo.
final class BackendFleet {
    /// One backend as it was started.
    struct Backend {
        let name: String
        let address: String
        let process: ChildProcess
    }

    private(set) var backends: [Backend] = []
    private var gone: Set<Int32> = []
    private let baseDelay: BaseDelay
    private let log: Logger

    /// Starts a backend on each port and waits until all listen.
    ///
    /// - Throws: ``StartError`` when one cannot listen; it has said why, and the others are ended.
    init(ports: [String], baseDelay: BaseDelay, log: Logger) throws {
        self.baseDelay = baseDelay
        self.log = log
        for (index, port) in ports.enumerated() {
            do {
                backends.append(try Self.start("Server-\(index + 1)", port: port, baseDelay: baseDelay))
            } catch {
                end()
                throw error
            }
        }
        for backend in backends {
            log.info("\(backend.name): listening on \(backend.address) (pid \(backend.process.pid))")
        }
    }

    private static func start(_ name: String, port: String, baseDelay: BaseDelay) throws -> Backend {
        let arguments = [
            CommandLine.arguments[0], "backend", "--port", port, "--name", name,
            "--base-delay", baseDelay.defaultValueDescription, "--parent-pid", "\(ChildProcess.current)",
        ]
        let (process, address) = try ChildProcess.startItself(arguments: arguments)
        guard let address else {
            process.end()
            throw ExitCode(1)
        }
        return Backend(name: name, address: address, process: process)
    }

    /// Notices each backend that ends, and says how to bring it back.
    func watch(on loop: EventLoop) throws -> SignalWatch {
        try SignalWatch(SIGCHLD, on: loop) { [self] in
            for backend in backends where !gone.contains(backend.process.pid) {
                guard let ending = backend.process.ending() else { continue }
                gone.insert(backend.process.pid)
                let port = backend.address.split(separator: ":").last ?? ""
                log.warning(
                    """
                    \(backend.name) (pid \(backend.process.pid)) ended: \(ending); bring it back with: \
                    \(CommandLine.arguments[0]) backend --port \(port) --name \(backend.name)\(delayFlag)
                    """)
            }
        }
    }

    /// What the backend's command needs to be as slow as it was; nothing for the usual delay.
    private var delayFlag: String {
        let text = baseDelay.defaultValueDescription
        return text == BaseDelay.usual.defaultValueDescription ? "" : " --base-delay \(text)"
    }

    /// Ends all that still run.
    func end() {
        for backend in backends where !gone.contains(backend.process.pid) { backend.process.end() }
        backends = []
    }
}
