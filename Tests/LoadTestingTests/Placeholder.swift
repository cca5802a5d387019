@testable import LoadTesting
