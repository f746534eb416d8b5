// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.init(stringLiteral: name)] + dependencies, exclude: exclude,
        swiftSettings: strict)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let scrypt = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "mingjian",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(name: "CICU", linkerSettings: [.linkedLibrary("icui18n"), .linkedLibrary("icuuc")]),
        .systemLibrary(name: "CChild"),
        .systemLibrary(name: "CProcess"),
        // The platform: knows nothing of reports.
        room("Kernel", [], resources: [.process("Resources")]),
        room("WorkingDays", ["Kernel"], resources: [.process("Resources")]),
        room("Database", ["Kernel"]),
        room("DatabaseSQLite", ["Database", grdb]),
        room("DatabasePostgres", ["Database", "CLibPQ"]),
        room("Sealing", ["Kernel", crypto, scrypt], resources: [.process("Resources")]),
        room(
            "Site",
            [
                hummingbird, hummingbirdCore, mustache, yams, logging, metrics, lifecycle, crypto, nio, nioHTTPTypes,
                httpTypes,
            ], resources: [.copy("Resources")]),
        room("Drawing", ["CQREncode"]),
        room("Observability", [logging, metrics]),
        room("TransparencyLog", [crypto]),
        room("Similarity", ["Kernel", "CICU", crypto], resources: [.process("Resources")]),
        room("Backups", ["Kernel", "Database", "Sealing"]),
        room("Cleaning", ["CChild", yams], resources: [.copy("Resources")]),
        // The heart.
        room("Casework", ["Kernel", "WorkingDays", yams], resources: [.copy("Resources/rules")]),
        room(
            "Casefile",
            ["Kernel", "WorkingDays", "Database", "Sealing", "TransparencyLog", "Similarity", "Casework", crypto]),
        // The rooms, and the entrance through which people come into them.
        room(
            "Entrance",
            [
                "Kernel", "Database", "Casework", "Casefile", "Sealing", "Drawing", "Site", hummingbird, mustache,
                httpTypes, nio,
            ],
            resources: [.copy("Resources")]),
        room(
            "Reporting",
            [
                "Kernel", "Casework", "Casefile", "Database", "Sealing", "TransparencyLog", "Drawing", "Site",
                "Entrance", hummingbird,
                mustache, httpTypes, nio,
            ], resources: [.copy("Resources")]),
        room(
            "Desk",
            [
                "Kernel", "WorkingDays", "Similarity", "Casework", "Casefile", "Sealing", "Drawing", "Site", "Entrance",
                hummingbird, mustache, httpTypes, nio,
            ],
            resources: [.copy("Resources")]),
        room(
            "Administration",
            [
                "Kernel", "WorkingDays", "Casework", "Casefile", "Database", "Sealing", "Drawing", "Site", "Entrance",
                hummingbird, mustache, httpTypes, nio,
            ], resources: [.copy("Resources")]),
        .executableTarget(
            name: "mingjian",
            dependencies: [
                "Kernel", "WorkingDays", "Database", "DatabaseSQLite", "DatabasePostgres", "Sealing", "Site",
                "Observability", "Backups", "Cleaning", "TransparencyLog", "Similarity", "Casework", "Casefile",
                "Entrance", "Reporting", "Desk", "Administration", "CProcess", arguments,
                hummingbird, httpTypes, nio, lifecycle, logging, metrics, yams,
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], resources: [.copy("Resources/demo")], swiftSettings: strict),
        // What tests stand on, and the tests.
        room("DatabaseTesting", ["Database", "DatabaseSQLite", "DatabasePostgres"]),
        room("FuzzTesting", []),
        tests("Kernel", []),
        tests("WorkingDays", ["Kernel"]),
        tests("Database", ["DatabaseTesting", "DatabaseSQLite", "DatabasePostgres", "Kernel"]),
        tests("Sealing", ["Kernel", crypto, scrypt]),
        tests("TransparencyLog", ["FuzzTesting"]),
        tests("Similarity", ["Kernel", "FuzzTesting"], exclude: ["retold-matters.csv"]),
        tests("Backups", ["Kernel", "Database", "DatabaseTesting", "Sealing"]),
        tests(
            "Casefile", ["Kernel", "WorkingDays", "Database", "DatabaseTesting", "Sealing", "Casework"]),
        tests("Casework", ["Kernel", "WorkingDays"]),
        tests(
            "Reporting",
            [
                "Kernel", "WorkingDays", "Database", "DatabaseTesting", "Sealing", "Casework", "Casefile", "Site",
                "Entrance", hummingbird, mustache, httpTypes, nio, logging,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        tests(
            "Administration",
            [
                "Kernel", "WorkingDays", "Database", "DatabaseTesting", "Sealing", "Casework", "Casefile", "Site",
                "Entrance", hummingbird, mustache, httpTypes, logging,
            ]),
        tests("Cleaning", []),
        tests("Drawing", []),
        tests("Observability", [logging, metrics]),
        tests("Site", ["FuzzTesting", hummingbird, mustache, logging, metrics, nio, httpTypes]),
    ]
)
