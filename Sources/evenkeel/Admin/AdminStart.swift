import Configuration
import Dashboard
import EventLoop
import Sockets

extension AdminServer {
    /// Opens the dashboard's listeners; nil when there are none.
    ///
    /// - Throws: ``StartError`` that says which address is at fault, and how to do without.
    convenience init?(
        _ configuration: AdminConfiguration, at addresses: ResolvedAddresses, _ budget: DescriptorBudget,
        for balancer: any AdministeredBalancer, beside bound: [OwnListener], on loop: EventLoop
    ) throws {
        guard let listen = configuration.listen else { return nil }
        let address = try addresses.address(of: listen)
        let settings = AdminSettings(
            address: address, token: configuration.token.map { Secret($0.secret) },
            hosts: configuration.hosts,
            connections: budget.adminConnections, version: Version.current)
        do {
            try self.init(settings, for: balancer, on: loop)
        } catch let error as SystemError {
            throw StartError.dashboard(on: listen, at: address, error, beside: bound)
        }
        guard let monitoring = configuration.monitoring else { return }
        let monitoringAddress = try addresses.address(of: monitoring)
        do {
            try startMonitoring(on: monitoringAddress)
        } catch let error as SystemError {
            let dashboard = OwnListener(owner: "the admin listener", address: self.address ?? address)
            throw StartError.listening(
                on: monitoring, at: monitoringAddress, error, beside: bound + [dashboard])
        }
    }

    /// Where a browser finds it.
    var url: String { address.map(Self.url) ?? "" }

    /// Where the second listener is; nil when there is none.
    var monitoringURL: String? { monitoringAddress.map(Self.url) }

    private static func url(_ address: SocketAddress) -> String {
        address.unixPath == nil ? "http://\(address)/" : "\(address)"
    }
}
