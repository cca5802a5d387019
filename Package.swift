// swift-tools-version: 6.2
import PackageDescription

/// Every module: warnings are errors.
///
/// Release builds leave out the checks that no variable is changed while somebody else is at it: 120 a request,
/// a fifth of its instructions. Debug builds keep them, and so all tests of the modules run with them. Every object
/// belongs to one loop, so what they would find depends on the order of calls alone, which tests repeat. And small
/// functions are compiled into the modules that call them, which costs nothing but the compiler's time.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .unsafeFlags(
        ["-enforce-exclusivity=unchecked", "-cross-module-optimization"], .when(configuration: .release)),
]

/// Every module above the three that fence the operating system and libevent: here the compiler also
/// refuses unsafe memory access, so that pointers cannot spread upwards.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
    name: "evenkeel",
    products: [
        .executable(name: "evenkeel", targets: ["evenkeel"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // The C fences.
        .systemLibrary(
            name: "CLibevent",
            path: "Modules/CLibevent",
            pkgConfig: "libevent",
            providers: [.apt(["libevent-dev"]), .brew(["libevent"])]
        ),
        .target(name: "CSystem"),
        // The dashboard's page, put into the program by the compiler.
        .target(name: "CDashboardPage", path: "Sources/DashboardPage", exclude: ["page"]),
        .target(name: "PageFiles", dependencies: ["CDashboardPage"], swiftSettings: strict),

        // The lower row: facts and mechanisms.
        .target(name: "Time", swiftSettings: safe),
        .target(name: "Sockets", dependencies: ["CSystem"], swiftSettings: strict),
        .target(name: "Platform", dependencies: ["CSystem", "Time"], swiftSettings: strict),
        .target(
            name: "EventLoop", dependencies: ["CLibevent", "CSystem", "Platform", "Sockets", "Time"],
            swiftSettings: strict),
        .target(name: "HTTPWire", swiftSettings: safe),
        .target(name: "Balancing", dependencies: ["Time"], swiftSettings: safe),
        .target(name: "Metrics", swiftSettings: safe),
        .target(
            name: "Configuration",
            dependencies: ["Balancing", "Sockets", "Time", .product(name: "Yams", package: "Yams")],
            swiftSettings: safe),

        .target(
            name: "HTTPServer", dependencies: ["EventLoop", "HTTPWire", "Platform", "Sockets", "Time"],
            swiftSettings: safe),

        // The middle row: what the balancer does. These never import each other.
        .target(
            name: "Proxy",
            dependencies: ["Balancing", "EventLoop", "HTTPWire", "Metrics", "Sockets", "Time"],
            swiftSettings: safe),
        .target(
            name: "HealthChecking",
            dependencies: ["Balancing", "EventLoop", "HTTPWire", "Sockets", "Time"],
            swiftSettings: safe),
        .target(
            name: "DemoBackend",
            dependencies: ["EventLoop", "HTTPServer", "HTTPWire", "Platform", "Sockets", "Time"],
            swiftSettings: safe),

        .target(
            name: "LoadTesting",
            dependencies: [
                "EventLoop", "HTTPWire", "Platform", "Sockets", "Time",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: safe),
        .target(
            name: "Dashboard",
            dependencies: [
                "Balancing", "EventLoop", "HTTPServer", "HTTPWire", "PageFiles", "Sockets", "Time",
            ],
            swiftSettings: safe),

        // The composition root.
        .executableTarget(
            name: "evenkeel",
            dependencies: [
                "Balancing", "Configuration", "Dashboard", "DemoBackend", "EventLoop", "HTTPWire",
                "HealthChecking", "LoadTesting", "Metrics", "Platform", "Proxy", "Sockets", "Time",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: safe),

        // Tests, a directory for each module; Tests/EndToEnd drives the binary from outside.
        .target(
            name: "TestSupport", dependencies: ["EventLoop", "Sockets", "Time"], path: "Tests/Support",
            swiftSettings: strict),
        .testTarget(name: "TimeTests", dependencies: ["Time"], swiftSettings: strict),
        .testTarget(name: "SocketsTests", dependencies: ["Sockets"], swiftSettings: strict),
        .testTarget(
            name: "EventLoopTests", dependencies: ["EventLoop", "Sockets", "TestSupport", "Time"],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: ["EventLoop", "HTTPServer", "HTTPWire", "Sockets", "TestSupport", "Time"],
            swiftSettings: strict),
        .testTarget(name: "HTTPWireTests", dependencies: ["HTTPWire"], swiftSettings: strict),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics"], swiftSettings: strict),
        .testTarget(name: "BalancingTests", dependencies: ["Balancing", "Time"], swiftSettings: strict),
        .testTarget(
            name: "ConfigurationTests", dependencies: ["Balancing", "Configuration", "Sockets", "Time"],
            swiftSettings: strict),
        .testTarget(
            name: "ProxyTests",
            dependencies: [
                "Balancing", "EventLoop", "HTTPWire", "Metrics", "Proxy", "Sockets", "TestSupport", "Time",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HealthCheckingTests",
            dependencies: ["Balancing", "EventLoop", "HealthChecking", "Sockets", "TestSupport", "Time"],
            swiftSettings: strict),
        .testTarget(
            name: "DemoBackendTests",
            dependencies: [
                "DemoBackend", "EventLoop", "HTTPServer", "HTTPWire", "Platform", "Sockets", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LoadTestingTests",
            dependencies: ["EventLoop", "HTTPWire", "LoadTesting", "Sockets", "TestSupport", "Time"],
            swiftSettings: strict),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Balancing", "Dashboard", "EventLoop", "HTTPServer", "HTTPWire", "Sockets", "TestSupport",
                "Time",
            ],
            swiftSettings: strict),
        .testTarget(name: "PlatformTests", dependencies: ["Platform", "Time"], swiftSettings: strict),
        .testTarget(
            name: "EvenkeelTests",
            dependencies: [
                "Balancing", "Configuration", "Dashboard", "EventLoop", "Metrics", "Proxy", "Sockets",
                "TestSupport",
                "Time", "evenkeel", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
    ]
)
