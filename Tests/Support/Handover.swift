import Dispatch
import Synchronization

/// Hands one value from a thread to another, which waits for it.
package final class Handover<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isGiven = DispatchSemaphore(value: 0)

    package init() {}

    package func give(_ given: Value) {
        value.withLock { $0 = given }
        isGiven.signal()
    }

    package func take() -> Value {
        isGiven.wait()
        guard let given = value.withLock({ $0 }) else { preconditionFailure("given before the signal") }
        return given
    }
}
