import LoadTesting

/// What a person should know of a result before they believe it.
struct LoadWarning {
    /// What it is about; the raw value is the stable word for it.
    enum Kind: String {
        case rateNotReached = "rate_not_reached"
    }

    let kind: Kind
    /// Requests a second that were asked for.
    let asked: Double
    /// Requests a second that were sent.
    let reached: Double

    /// For a person, in one line.
    var text: String {
        "the rate was not reached: asked for \(Self.rate(asked)) requests/s, reached \(Self.rate(reached))"
    }

    private static func rate(_ rate: Double) -> String {
        LoadText.decimal(rate, rate == rate.rounded() || rate >= 1000 ? 0 : rate < 1 ? 3 : 1)
    }
}

extension LoadReport {
    /// None when all was as it was meant to be.
    var warnings: [LoadWarning] {
        guard let fixedRate, !fixedRate.wasReached else { return [] }
        return [
            LoadWarning(
                kind: .rateNotReached, asked: fixedRate.asked, reached: fixedRate.reached.rounded(to: 1000))
        ]
    }
}
