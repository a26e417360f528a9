// swift-tools-version: 6.2
import PackageDescription

// A program of your own that trains with Antiphon. Of your own package, the dependency is the address of
// Antiphon's repository; here it is the repository that this folder is in.
let package = Package(
  name: "first-model",
  dependencies: [.package(name: "antiphon", path: "../..")],
  targets: [
    .executableTarget(
      name: "first-model", dependencies: [.product(name: "AntiphonKit", package: "antiphon")])
  ])
