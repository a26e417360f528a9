// swift-tools-version: 6.2
import PackageDescription

/// A room of Antiphon.
func room(_ name: String) -> Target.Dependency { .product(name: name, package: "antiphon") }

let package = Package(
  name: "antiphon-benchmarks",
  dependencies: [.package(name: "antiphon", path: "..")],
  targets: [
    .executableTarget(
      name: "antiphon-bench",
      dependencies: [
        "MPI", "Tensors", "MLA", "Networks", "Datasets", "Storage", "Exchange", "Worker",
        "Coordinator",
        // The program itself, whose start is measured: it is built, and not linked.
        "antiphon",
      ].map(room),
      swiftSettings: [.enableUpcomingFeature("ExistentialAny")]),
    // One encoder's step beside PyTorch's: docs/performance-encoders.md, docs/transformers.md.
    .executableTarget(name: "EncoderBench", dependencies: ["Networks", "Tensors"].map(room)),
    .executableTarget(
      name: "TransformerBench", dependencies: ["Networks", "Tensors"].map(room),
      exclude: ["interleave.py", "transformer_baseline.py"]),
  ],
  swiftLanguageModes: [.v6])
