@testable import Dashboard

/// Why something is refused; nil when it is not.
func refusal(of body: () throws(Problem) -> Void) -> Problem? {
    do throws(Problem) {
        try body()
        return nil
    } catch {
        return error
    }
}
