/// Exchanges of a service that wait for their next use.
///
/// They hold their service, so it is not the service that holds them.
final class ExchangePool {
    /// Exchanges kept: more would only be used again after a burst as large.
    static let limit = 1024

    let service: Service
    let context: HTTPContext
    private(set) var spare: [Exchange] = []

    init(of service: Service, in context: HTTPContext) {
        self.service = service
        self.context = context
    }

    /// An exchange at its beginning, used before or new.
    func take() -> Exchange {
        spare.popLast() ?? Exchange(of: service, in: context)
    }

    /// Takes an exchange back that is blank.
    func giveBack(_ exchange: Exchange) {
        guard spare.count < Self.limit else { return }
        spare.append(exchange)
    }

    /// Lets go of what waits.
    func freeSpares() { spare = [] }
}
