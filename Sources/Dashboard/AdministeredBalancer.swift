import Balancing
import Time

/// What the dashboard sees of the balancer, and what it may ask of it. All of it happens on the loop.
///
/// Names of services and servers are the configuration's; a nil answer says that there is none of that name.
public protocol AdministeredBalancer: AnyObject {
    /// All services, in the order of the configuration.
    var serviceNames: [String] { get }
    /// When it started, in Unix seconds.
    var startedAt: Double { get }
    /// The time, in Unix seconds.
    var now: Double { get }
    /// The balancer ends.
    var isStopping: Bool { get }
    /// Why requests cannot be served now, a line each; empty when they can.
    var reasonsNotReady: [String] { get }

    /// A service as it stands, without its servers.
    func status(of service: String) -> ServiceStatus?
    /// Its servers, each as it stands when its turn comes; none for a service that there is not.
    func servers(of service: String) -> [() -> ServerStatus]
    /// The names of its servers.
    func serverNames(of service: String) -> [String]
    /// One of its servers.
    func server(_ name: String, of service: String) -> ServerStatus?
    /// One of the last exchanges.
    func exchange(_ id: UInt64, of service: String) -> ExchangeStatus?
    /// The id of the newest exchange; 0 before the first.
    func newestExchange(of service: String) -> UInt64
    /// The last five minutes, without the servers.
    func history(of service: String) -> HistoryStatus?
    /// The last five minutes of each server.
    func serverHistories(of service: String) -> [() -> ServerSeriesStatus]
    /// The metrics in Prometheus' text format, in pieces.
    func metrics() -> AnyIterator<String>

    /// Changes what a person wants of a server; false when there is none of that name.
    func change(_ change: ServerChange, of server: String, in service: String) -> Bool
    /// Lets another strategy pick.
    func setStrategy(_ strategy: StrategyName, of service: String)
    /// Sets the counters of a service to zero; of all with nil. The answer is when, in Unix seconds.
    func resetMetrics(of service: String?) -> Double

    /// The last load tests, newest first.
    var tests: [TestStatus] { get }
    /// The services that may be targets of load tests, each with the URL of its listener.
    var testTargets: [(service: String, url: String)] { get }
    /// Starts a load test.
    ///
    /// - Throws: ``TestRefusal``.
    func startTest(_ plan: TestPlan) throws(TestRefusal) -> TestStatus
    /// Ends a load test; one that has ended stays as it is.
    func cancelTest(_ id: Int) -> TestStatus?
}

/// What a person wants of a server; what is nil stays as it is.
public struct ServerChange: Equatable, Sendable {
    /// Whether it takes part.
    public var administrativeState: AdministrativeState?
    /// Its share beside the others'.
    public var weight: Int?
    /// How long a drain may take.
    public var drainTimeout: TimeSpan
    /// Whether its ejection, if there is one, is over.
    public var endsEjection = false
}

/// Why a load test does not start.
public enum TestRefusal: Error {
    /// One runs already.
    case running(id: Int)
    /// A member of the plan is not what it may be; the problem says what would be right.
    case wrong(member: String, problem: String)
    /// It could not be started, for a person.
    case impossible(String)
}
