import CLibevent

/// One libevent event, freed with this value: what watches, timers and signals are made of.
struct Event: ~Copyable {
    private let pointer: OpaquePointer
    private let base: EventBase

    /// Makes an event that is not added yet.
    init(
        on loop: EventLoop, number: Int32, flags: Int16, context: AnyObject,
        callback: @escaping @convention(c) (Int32, Int16, UnsafeMutableRawPointer?) -> Void
    ) throws(EventLoopError) {
        let context = Unmanaged.passUnretained(context).toOpaque()
        guard let pointer = event_new(loop.base.pointer, number, flags, callback, context) else {
            throw .unavailable
        }
        self.pointer = pointer
        base = loop.base
    }

    deinit {
        event_free(pointer)
    }

    /// Adds the event, to happen at the latest after `timeout`.
    func add(timeout: timeval? = nil) throws(EventLoopError) {
        let result =
            if var timeout { event_add(pointer, &timeout) } else { event_add(pointer, nil) }
        guard result == 0 else { throw .unavailable }
    }

    /// Takes the event out of the loop.
    func remove() {
        event_del(pointer)
    }
}
