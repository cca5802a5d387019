/// Who uses connections to servers: it holds one, or waits for a server with room.
class UpstreamUser {
    /// The socket of the connection that it holds has news, which its stream has noted.
    func serverReady() {}

    /// A server may have room.
    func roomCame() {}
}
