import Glibc
import Storage
import Testing

@testable import Configuration

/// A text that no run may start from, with the one sentence that says why.
struct Broken: CustomTestStringConvertible {
  let name: String
  let text: String
  let overrides: [String]
  let message: String

  init(_ name: String, _ text: String, set overrides: [String] = [], _ message: String) {
    self.name = name
    self.text = text
    self.overrides = overrides
    self.message = message
  }

  var testDescription: String { name }

  /// Expects the text to be refused with exactly the message.
  func check(sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      _ = try parse(text, overrides: overrides)
      Issue.record("\(name): accepted", sourceLocation: sourceLocation)
    } catch {
      #expect("\(error)" == message, sourceLocation: sourceLocation)
      #expect(error is ConfigurationError, sourceLocation: sourceLocation)
    }
  }
}

/// The smallest configuration: four lines. What is added to it stands in line 5.
let minimal = "classes: 2\nmodalities:\n  a:\n    data: {kind: synthetic}\n"

/// The smallest configuration, with other data for its modality.
func minimal(data: String) -> String { "classes: 2\nmodalities:\n  a:\n    data: \(data)\n" }

/// Parses a text that is called `run.yaml` and lies in `/data`.
func parse(_ text: String, overrides: [String] = []) throws -> RunConfiguration {
  try RunConfiguration.parse(
    text, file: "run.yaml", baseDirectory: "/data", overrides: overrides)
}

/// Random numbers that are the same on every run (SplitMix64).
struct FixedGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The folder of the package, from this file's place in it.
let packageFolder = #filePath.folderOfPath.folderOfPath.folderOfPath

/// Whether a file or folder is there and may be read.
func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }
