/// How long a backend lets its clients wait, in milliseconds.
struct Delay {
    /// Like a small web application that asks its database: enough to see strategies differ, and
    /// little enough to watch live.
    static let defaultBase = 10...50
    /// The longest delay that may be asked for: one hour, longer than any client's patience.
    static let longest = 3_600_000

    /// What a request waits that asks for no delay of its own; one value of it at random.
    let base: ClosedRange<Int>
    /// What every request waits on top; set while running, to make one server slow.
    var fixed = 0

    /// How long a request is to wait that asked for `asked`, which replaces the base.
    func applied(asked: Int?) -> Int {
        fixed + (asked ?? Int.random(in: base))
    }
}
