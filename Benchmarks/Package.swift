// swift-tools-version: 6.2
import PackageDescription

/// A room of Antiphon.
func room(_ name: String) -> Target.Dependency { .product(name: name, package: "antiphon") }

// As in the package above: CI turns warnings into errors.
let settings: [SwiftSetting] =
  [.enableUpcomingFeature("ExistentialAny")]
  + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
  name: "antiphon-benchmarks",
  dependencies: [.package(name: "antiphon", path: "..")],
  targets: [
    // Clocks, tables and the machine, for both programs. It knows nothing of Antiphon.
    .target(name: "Measuring", swiftSettings: settings),
    // Jobs of several ranks: docs/performance.md.
    .executableTarget(
      name: "antiphon-bench",
      dependencies: [
        "Measuring",
        // The program itself, whose start is measured: it is built, and not linked.
        room("antiphon"),
      ]
        + [
          "MPI", "Tensors", "MLA", "Networks", "Datasets", "Storage", "Exchange", "Methods",
          "Configuration", "Worker", "Coordinator",
        ].map(room),
      swiftSettings: settings),
    // Training steps of one encoder, whole and layer by layer: docs/performance-encoders.md.
    // PyTorch's side of it is encoders_torch.py.
    .executableTarget(
      name: "encoder-bench", dependencies: ["Measuring", room("Networks"), room("Tensors")],
      swiftSettings: settings),
    // Pictures beside bare libjpeg: docs/data-images.md.
    .target(name: "CBareJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .executableTarget(
      name: "picture-bench",
      dependencies: ["CBareJPEG", "Measuring", room("Datasets"), room("Tensors")],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6])
