/// Those whose request waits for its answer to be made.
///
/// A person's change does not wait behind a crowd that reads: where both wait, changes and reads take turns, so that
/// a crowd of either kind does not keep the other one out.
struct RequestLine {
    private var changes: [ServerConnection] = []
    private var reads: [ServerConnection] = []
    private var isReadNext = false

    var isEmpty: Bool { changes.isEmpty && reads.isEmpty }

    var next: ServerConnection? {
        isReadNext ? reads.first ?? changes.first : changes.first ?? reads.first
    }

    mutating func append(_ connection: ServerConnection, isRead: Bool) {
        if isRead { reads.append(connection) } else { changes.append(connection) }
    }

    /// Some work was done for the one that was next.
    mutating func worked(for connection: ServerConnection) {
        isReadNext = changes.first === connection
    }

    /// Its answer is made, or its client is gone. There are no more of them than connections.
    mutating func remove(_ connection: ServerConnection) {
        changes.removeAll { $0 === connection }
        reads.removeAll { $0 === connection }
    }
}
