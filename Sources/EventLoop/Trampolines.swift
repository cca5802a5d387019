import CLibevent

// The C callbacks of libevent. Only global functions convert to C function pointers; each finds its
// object in the context pointer. The references are borrowed for the call's duration, without
// counting, because the object's owner keeps it until the turn's end (``EventLoop/retire(_:)``).

func socketTrampoline(_ number: Int32, _ events: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<EventHandler>.fromOpaque(context)._withUnsafeGuaranteedRef { handler in
        handler.socketReady(number, SocketEvents.reported(events))
    }
}

func callbackTrampoline(_ number: Int32, _ events: Int16, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    // Counted: the action may destroy the timer or signal that holds it.
    Unmanaged<Callback>.fromOpaque(context).takeUnretainedValue().action()
}

/// The action of a timer or signal, in an object that a context pointer can name.
final class Callback {
    let action: () -> Void

    init(_ action: @escaping () -> Void) {
        self.action = action
    }
}
