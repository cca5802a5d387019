/// Says which rule the reading of some bytes broke.
struct BrokenInvariant: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws unless the rule holds.
func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(BrokenInvariant) {
    guard !holds else { return }
    throw BrokenInvariant(rule())
}
