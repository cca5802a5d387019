import Sockets

extension SessionTable {
    /// Begins to serve a client, in the mode of the service.
    func admit(_ client: consuming Socket, from address: SocketAddress) {
        if isCut(client, from: address) { return client.resetOnClose() }
        if let exchanges {
            let identity = exchanges.context.identity(of: address)
            add(ClientConnection(client: client, identity: identity, in: self, exchanges))
        } else {
            add(Session(client: client, from: address, of: service, in: self))
        }
    }
}
