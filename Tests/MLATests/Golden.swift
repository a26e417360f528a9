import Foundation
import Testing

@testable import MLA

/// A file of `make_golden.py`: arrays are little-endian and base64.
func golden<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
  let url = try #require(
    Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Golden"))
  return try JSONDecoder().decode(type, from: Data(contentsOf: url))
}

/// Float64 numbers behind base64.
func doubles(_ text: String) throws -> [Double] {
  let bytes = [UInt8](try #require(Data(base64Encoded: text)))
  return stride(from: 0, to: bytes.count, by: 8).map { start in
    Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * $1) })
  }
}

/// Float32 numbers behind base64.
func floats(_ text: String) throws -> [Float] {
  let bytes = [UInt8](try #require(Data(base64Encoded: text)))
  return stride(from: 0, to: bytes.count, by: 4).map { start in
    Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * $1) })
  }
}

extension Array {
  /// The part that belongs to `index` when the array holds equal parts of `length`.
  func part(_ index: Int, length: Int) -> [Element] {
    Array(self[index * length..<(index + 1) * length])
  }
}

/// Options of the reference implementation, under its own names.
struct ReferenceOptions: Decodable {
  var enabled: Bool
  var order: String
  var memory: String
  var lambda: Double
  var lambda_schedule: String
  var normalise: String
  var reset: String
  var forget: Double
  var bias: Bool
  var project: String
  var formula: String
  var combine: String
  var first_step: String

  /// The same as our own options; fails if a name is not one of ours.
  func options() throws -> HeadGradientModification {
    var options = HeadGradientModification()
    options.isEnabled = enabled
    options.order = try #require(.init(rawValue: order))
    options.memory = try #require(.init(rawValue: memory))
    options.lambda = lambda
    options.lambdaSchedule = try #require(.init(rawValue: lambda_schedule))
    options.normalisation = try #require(.init(rawValue: normalise))
    options.reset = try #require(.init(rawValue: reset))
    options.forget = forget
    options.includesBias = bias
    options.projected = try #require(.init(rawValue: project))
    options.formula = try #require(.init(rawValue: formula))
    options.combination = try #require(.init(rawValue: combine))
    options.firstStep = try #require(.init(rawValue: first_step))
    return options
  }
}
