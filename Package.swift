// swift-tools-version: 6.2
import PackageDescription

// CI turns every warning of our own rooms into an error; a user's newer compiler must not.
let strictness: [SwiftSetting] =
  Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]
let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")] + strictness

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

/// A C library of the system, found by pkg-config.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Rooms that tests spend their time in: loops over every number, and what each job goes through that a test
/// starts. They are optimized in debug builds too, as C kernels are: tests take half of the time.
let busy: Set = [
  "Tensors", "MLA", "Networks", "Datasets", "Storage", "Exchange", "Methods", "Statistics",
  "Configuration", "Worker", "Coordinator", "Runs", "Plots", "Reports", "Verification",
]
let optimized = SwiftSetting.unsafeFlags(["-O"], .when(configuration: .debug))
/// SwiftPM takes no flags of packages that others depend on by a version, which it checks out below this folder.
let isDependency = Context.packageDirectory.contains("/.build/checkouts/")

/// A room of Antiphon: imports only rooms that stand above it in this list.
func room(_ name: String, imports: [Target.Dependency], excluding: [String] = []) -> Target {
  .target(
    name: name, dependencies: imports, exclude: excluding,
    swiftSettings: settings + (busy.contains(name) && !isDependency ? [optimized] : []))
}

/// The tests of a room, named after it.
func tests(
  of name: String, imports: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + imports,
    resources: resources, swiftSettings: settings)
}

/// The rooms that Benchmarks/, a package of its own, builds its jobs from.
let measured = [
  "MPI", "Tensors", "MLA", "Networks", "Datasets", "Storage", "Exchange", "Methods",
  "Configuration", "Worker", "Coordinator",
]

let package = Package(
  name: "antiphon",
  products: [
    .executable(name: "antiphon", targets: ["antiphon"]),
    .library(name: "loopback", type: .dynamic, targets: ["Loopback"]),
    .library(name: "AntiphonKit", targets: ["AntiphonKit"]),
  ]
    + measured.map { .library(name: $0, targets: [$0]) },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
  ]
    // ./launch docs asks for it; nobody else need fetch it.
    + (Context.environment["ANTIPHON_DOCS"] == nil
      ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0")]),
  targets: [
    system("CMPI", pkgConfig: "ompi-c", apt: "libopenmpi-dev"),
    system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    system("CSndFile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
    system("CMpg123", pkgConfig: "libmpg123", apt: "libmpg123-dev"),
    system("CSampleRate", pkgConfig: "samplerate", apt: "libsamplerate0-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    system("CJPEG", pkgConfig: "libjpeg", apt: "libjpeg-dev"),
    system("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    system("CWebP", pkgConfig: "libwebp", apt: "libwebp-dev"),
    system("CMessageDigest", pkgConfig: "libmd", apt: "libmd-dev"),

    .target(name: "MPIShim", dependencies: ["CMPI"]),
    // Loaded into mpirun, not linked.
    .target(name: "Loopback"),
    // The files below Kernels are included by others, once for each width of lanes.
    .target(name: "CKernels", exclude: ["Kernels"]),

    .target(name: "CImages", dependencies: ["CJPEG", "CPNG", "CWebP"]),

    room("Plots", imports: []),
    room("Schemas", imports: [protobuf], excluding: ["Published", "README.md"]),
    room("Tensors", imports: ["CKernels", "COpenBLAS"]),
    room("MPI", imports: ["MPIShim", "Tensors"]),
    room("MLA", imports: ["CKernels", "Tensors"]),
    room("Statistics", imports: ["Tensors"]),
    room("Networks", imports: ["CKernels", "Tensors"]),
    room("Storage", imports: ["Tensors", "CMessageDigest"]),
    room("Planning", imports: ["Storage"]),
    room("Pretrained", imports: ["Networks", "Storage", "Tensors"]),
    room(
      "Datasets",
      imports: ["Storage", "Tensors", "CImages", "CSndFile", "CMpg123", "CSampleRate", "CZlib"]),
    room("Preparers", imports: ["Datasets", "Storage", "Tensors"]),
    room("Exchange", imports: ["MPI", "MLA", "Storage", "Tensors"]),
    room("Methods", imports: ["Exchange", "MLA", "Tensors"]),
    room(
      "Configuration",
      imports: [
        "Methods", "MLA", "Pretrained", "Networks", "Datasets", "Storage", "Tensors", yams,
      ]),
    room(
      "Worker",
      imports: [
        "Exchange", "Methods", "Configuration", "Pretrained", "Networks", "MLA", "MPI", "Datasets",
        "Storage", "Tensors",
      ]),
    room(
      "Coordinator",
      imports: ["Exchange", "Methods", "Configuration", "Networks", "MLA", "Storage", "Tensors"]),
    room(
      "Runs",
      imports: [
        "Worker", "Coordinator", "Exchange", "Methods", "Configuration", "Planning", "Storage",
        "Datasets", "Networks", "MLA", "MPI", "Statistics", "Tensors", "Schemas", protobuf,
      ]),
    room(
      "Export",
      imports: [
        "Runs", "Worker", "Methods", "Configuration", "Pretrained", "Datasets", "Networks", "MLA",
        "Storage", "Tensors", "Schemas", protobuf,
      ]),
    room(
      "Reports",
      imports: ["Runs", "Configuration", "Networks", "Storage", "Tensors", "Statistics", "Plots"]),
    room(
      "Prediction",
      imports: [
        "Runs", "Worker", "Coordinator", "Exchange", "Configuration", "Datasets", "MLA", "Storage",
        "Tensors",
      ]),
    room(
      "Scaling",
      imports: [
        "Reports", "Runs", "Coordinator", "Configuration", "Datasets", "Networks", "MPI", "Storage",
        "Tensors",
        "Plots",
      ]),
    room(
      "Experiments",
      imports: [
        "Runs", "Coordinator", "Exchange", "Configuration", "Statistics", "MLA", "Storage",
        "Tensors", "Plots",
      ]),
    room(
      "Verification",
      imports: [
        "Worker", "Coordinator", "Exchange", "Methods", "Configuration", "Datasets", "Storage",
        "Networks", "MLA", "Tensors",
      ]),
    room(
      "AntiphonKit",
      imports: [
        "Runs", "Reports", "Prediction", "Coordinator", "Exchange", "Methods", "Configuration",
        "Datasets", "Networks", "MLA", "Storage",
      ]),
    .executableTarget(
      name: "antiphon",
      dependencies: [
        "Runs", "Export", "Reports", "Prediction", "Scaling", "Experiments", "Verification",
        "Preparers", "Worker", "Coordinator", "Configuration", "Datasets", "Planning", "Exchange",
        "MLA", "MPI", "Storage", "Tensors", arguments,
      ],
      swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["Tensors", "MPI", subprocess],
      path: "Tests/TestSupport", swiftSettings: settings),
    .executableTarget(
      name: "mpi-scenarios", dependencies: ["Worker", "Exchange", "Networks", "MPI", "Tensors"],
      path: "Tests/MPIScenarios",
      swiftSettings: settings),
    .executableTarget(
      name: "fuzz-readers",
      dependencies: [
        "Runs", "Reports", "Verification", "Coordinator", "Configuration", "Methods", "Exchange",
        "Datasets",
        "Networks",
        "MLA",
        "MPI", "Storage", "Tensors", "CSndFile", "CZlib", arguments,
      ],
      path: "Tests/Fuzzing", exclude: ["Regressions"], swiftSettings: settings),
    .testTarget(
      name: "FuzzingTests", dependencies: ["fuzz-readers", "TestSupport"],
      swiftSettings: settings),
    tests(of: "Plots"),
    tests(of: "Tensors"),
    tests(of: "MPI", imports: ["mpi-scenarios"]),
    tests(of: "MLA", imports: ["Tensors"], resources: [.copy("Golden")]),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    tests(
      of: "Networks", imports: ["Tensors", "CKernels", "AllocationCounter"],
      resources: [.copy("Golden")]),
    tests(
      of: "Datasets", imports: ["Storage", "Tensors", "CSndFile"], resources: [.copy("Golden")]),
    tests(
      of: "Preparers", imports: ["Datasets", "Storage", "Tensors"], resources: [.copy("Golden")]),
    tests(of: "Storage", imports: ["Tensors"]),
    tests(of: "Planning", imports: ["Storage"]),
    tests(
      of: "Pretrained", imports: ["Networks", "Storage", "Tensors"],
      resources: [.copy("Golden")]),
    tests(of: "Exchange", imports: ["mpi-scenarios", "Tensors"]),
    tests(
      of: "Configuration",
      imports: ["Methods", "Pretrained", "Networks", "Datasets", "Storage"]),
    tests(
      of: "Methods",
      imports: [
        "Coordinator", "Worker", "Configuration", "Exchange", "Datasets", "Networks", "MLA",
        "Storage", "Tensors",
      ]),
    tests(
      of: "Verification", imports: ["antiphon", "Exchange", "Datasets", "Tensors"],
      resources: [.copy("Golden")]),
    tests(
      of: "Worker",
      imports: [
        "Coordinator", "Exchange", "Methods", "Configuration", "Networks", "MLA", "Datasets",
        "Tensors", "mpi-scenarios",
      ]),
    tests(
      of: "Coordinator",
      imports: [
        "Exchange", "Methods", "Configuration", "Networks", "MLA", "MPI", "Datasets", "Tensors",
      ]),
    tests(
      of: "Runs",
      imports: [
        "Coordinator", "Worker", "Exchange", "Methods", "Configuration", "Planning", "Datasets",
        "Networks", "Storage", "MLA", "Tensors", "Schemas",
      ],
      resources: [.copy("Golden")]),
    tests(
      of: "Export",
      imports: [
        "Runs", "Configuration", "Datasets", "Networks", "MLA", "Storage", "Tensors", "Schemas",
      ]),
    tests(of: "Reports", imports: ["Plots", "Runs", "Storage"]),
    tests(
      of: "Prediction",
      imports: [
        "Runs", "Worker", "Coordinator", "Exchange", "Configuration", "Datasets", "MLA", "Storage",
      ]),
    tests(of: "Statistics", imports: ["Tensors"], resources: [.copy("Golden")]),
    tests(
      of: "Experiments",
      imports: [
        "Runs", "Coordinator", "Worker", "Exchange", "Configuration", "MLA", "Storage", "Tensors",
      ]),
    tests(
      of: "Scaling",
      imports: ["Configuration", "Datasets", "Networks", "Storage"]),
    // As examples/library/Package.swift has it, which Tests/slow/run library builds by itself. It imports AntiphonKit
    // alone; the others are named so that it is built anew when they change.
    .executableTarget(
      name: "first-model", dependencies: ["AntiphonKit", "Runs", "Coordinator", "Configuration"],
      path: "examples/library/Sources/first-model", swiftSettings: settings),
    tests(of: "AntiphonKit", imports: ["first-model"]),
    .testTarget(
      name: "AntiphonTests", dependencies: ["antiphon", "Datasets", "Tensors", "TestSupport"],
      exclude: ["SavedModels"],
      swiftSettings: settings),
    .testTarget(
      name: "DocumentationTests",
      dependencies: ["Configuration", "Networks", "Tensors", "antiphon", "TestSupport"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6])
