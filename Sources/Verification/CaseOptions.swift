import Foundation
import MLA
import Networks
import Storage

/// The options of a case, read from its JSON with the reference's own names and defaults.
struct CaseOptions {
  private let members: [String: Any]
  /// The file, and where in its options.
  let place: String

  init(json: [UInt8], place: String) throws {
    let parsed = try? JSONSerialization.jsonObject(with: Data(json))
    guard let members = parsed as? [String: Any] else {
      throw FileError(place, "the array 'config' holds no JSON object")
    }
    self.init(members, place: place)
  }

  private init(_ members: [String: Any], place: String) {
    self.members = members
    self.place = place
  }

  /// An object within; empty where it is left out.
  func child(_ key: String) throws -> CaseOptions {
    try CaseOptions(value(key, default: [:]), place: "\(place): \(key)")
  }

  func list(_ key: String) throws -> [CaseOptions] {
    let objects: [[String: Any]] = try value(key)
    return objects.enumerated().map { CaseOptions($1, place: "\(place): \(key)[\($0)]") }
  }

  func number(_ key: String, default: Double? = nil) throws -> Double {
    try value(key, default: `default` as NSNumber?).doubleValue
  }

  func numbers(_ key: String) throws -> [Double]? {
    guard members[key] != nil else { return nil }
    let numbers: [NSNumber] = try value(key)
    return numbers.map(\.doubleValue)
  }

  /// One of the raw values of an option's type.
  func option<T: RawRepresentable & CaseIterable>(_ key: String, default: T) throws -> T
  where T.RawValue == String {
    let text = try value(key, default: `default`.rawValue)
    guard let value = T(rawValue: text) else {
      let allowed = T.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw FileError(place, "\(key) is '\(text.legible())', expected one of \(allowed)")
    }
    return value
  }

  /// The keys that are there and are not null.
  var keys: [String] { members.filter { !($0.value is NSNull) }.keys.sorted() }

  /// The value of a key, of the type that is asked for; the default where it is left out.
  func value<T>(_ key: String, default: T? = nil) throws -> T {
    guard let found = members[key] else {
      if let `default` { return `default` }
      throw FileError(place, "the option '\(key)' is missing")
    }
    guard let value = found as? T else {
      throw FileError(
        place,
        "the option '\(key)' is \("\(found)".legible()), which is of another kind than expected")
    }
    return value
  }
}

extension CaseOptions {
  /// The optimizer, and the scale of the head's learning rate.
  func optimizer() throws -> (OptimizerOptions, headScale: Double) {
    let given = try child("optimizer")
    var options = OptimizerOptions()
    options.learningRate = try given.number("lr", default: options.learningRate)
    options.momentum = try given.number("momentum", default: options.momentum)
    options.weightDecay = try given.number("weight_decay", default: options.weightDecay)
    options.decayEpoch = try given.value("decay_epoch", default: Int.max)
    options.decayFactor = try given.number("decay_factor", default: options.decayFactor)
    return (options, try given.number("head_lr_scale", default: 1))
  }

  /// Head gradient modification.
  func headGradientModification() throws -> HeadGradientModification {
    let given = try child("hgm")
    var options = HeadGradientModification()
    options.isEnabled = try given.value("enabled", default: options.isEnabled)
    options.order = try given.option("order", default: options.order)
    options.memory = try given.option("memory", default: options.memory)
    options.lambda = try given.number("lambda", default: options.lambda)
    options.lambdaSchedule = try given.option("lambda_schedule", default: options.lambdaSchedule)
    options.forget = try given.number("forget", default: options.forget)
    options.normalisation = try given.option("normalise", default: options.normalisation)
    options.reset = try given.option("reset", default: options.reset)
    options.includesBias = try given.value("bias", default: options.includesBias)
    options.projected = try given.option("project", default: options.projected)
    options.formula = try given.option("formula", default: options.formula)
    options.combination = try given.option("combine", default: options.combination)
    options.firstStep = try given.option("first_step", default: options.firstStep)
    return options
  }
}
