import CLibevent

/// libevent's base, which lives as long as its loop or any event on it: libevent must not free a base
/// before its events.
final class EventBase {
    let pointer: OpaquePointer

    /// - Parameter precise: see ``EventLoop/init(precise:)``.
    init(precise: Bool) throws(EventLoopError) {
        // What libevent would print on standard error, our own errors say.
        event_set_log_callback { _, _ in }
        guard let config = event_config_new() else { throw .unavailable }
        defer { event_config_free(config) }
        // One thread alone uses the base; what crosses threads is the Mailbox's eventfd.
        event_config_set_flag(config, Int32(EVENT_BASE_FLAG_NOLOCK.rawValue))
        // EVENT_NOEPOLL and its kin would change what the watches rely on.
        event_config_set_flag(config, Int32(EVENT_BASE_FLAG_IGNORE_ENV.rawValue))
        // A clock that is not coarse, and a timerfd(2) to wait with in place of epoll's milliseconds.
        if precise { event_config_set_flag(config, Int32(EVENT_BASE_FLAG_PRECISE_TIMER.rawValue)) }
        // Watches are edge-triggered and tell an early close, which epoll alone offers.
        event_config_require_features(
            config, Int32(EV_FEATURE_ET.rawValue | EV_FEATURE_EARLY_CLOSE.rawValue))
        guard let pointer = event_base_new_with_config(config) else { throw .unavailable }
        self.pointer = pointer
    }

    deinit {
        event_base_free(pointer)
    }
}
