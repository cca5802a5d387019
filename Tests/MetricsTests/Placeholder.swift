@testable import Metrics
