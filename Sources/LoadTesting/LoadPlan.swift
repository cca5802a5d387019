/// What a load test is to do.
public struct LoadPlan: Sendable {}
