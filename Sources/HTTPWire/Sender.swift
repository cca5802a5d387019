/// Whose message is read. A client's is read strictly, for what another reader could read otherwise can smuggle a
/// request past this one. A server's is written anew from what was understood, so that four faults which HAProxy and
/// nginx pass on are taken: lines that end in LF alone, blanks around a chunk's size, the same `Content-Length`
/// twice, and a status of 600 to 999.
public enum Sender: Sendable {
    /// A request's.
    case client
    /// A response's.
    case server
}
