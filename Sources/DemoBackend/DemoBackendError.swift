import EventLoop
import Sockets

/// Why a backend could not begin.
public enum DemoBackendError: Error, CustomStringConvertible {
    /// The system did not let it listen on that address.
    case cannotListen(String, SystemError)
    /// The loop could not watch the listener.
    case loop(EventLoopError)

    /// The whole message, in one line.
    public var description: String {
        switch self {
        case .cannotListen(let address, let error): "cannot listen on \(address): \(error)"
        case .loop(let error): error.description
        }
    }
}
