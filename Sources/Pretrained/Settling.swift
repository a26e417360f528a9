import Networks
import Storage

/// Brings what weights need and what a user wrote together, key by key.
struct Settling {
  /// The file of the weights.
  let place: String
  /// Whose names it has.
  let format: PretrainedFormat

  /// Makes `written` what the weights need.
  ///
  /// - Throws: `FileError` where it is something else already.
  func settle<Value: Equatable>(
    _ key: String, _ written: inout Value?, needs value: Value, said text: (Value) -> String
  ) throws {
    if let other = written, other != value {
      throw FileError(
        place,
        "weights of \(format.rawValue) need \(key): \(text(value)), but the encoder has "
          + "\(text(other)); leave \(key) out, or give other weights")
    }
    written = value
  }

  /// The same for a number or a switch.
  func settle<Value: Equatable & CustomStringConvertible>(
    _ key: String, _ written: inout Value?, needs value: Value
  ) throws {
    try settle(key, &written, needs: value) { "\($0)" }
  }

  /// The same for a choice.
  func settle<Value: Equatable & RawRepresentable<String>>(
    _ key: String, _ written: inout Value?, needs value: Value
  ) throws {
    try settle(key, &written, needs: value) { $0.rawValue }
  }

  /// The same for a number whose default cannot be told from one that was written.
  func settle(
    _ key: String, _ written: inout Int, default usual: Int, needs value: Int
  ) throws {
    var number = written == usual ? nil : written
    try settle(key, &number, needs: value)
    written = value
  }

  /// A problem with the encoder that the weights are given to.
  func wrongEncoder(_ found: EncoderArchitecture, expected: String) -> FileError {
    var kind = "of another kind"
    if case .resnet18 = found { kind = "resnet18" }
    if case .transformer(let options) = found {
      kind = "transformer with input: \(options.input.rawValue)"
    }
    return FileError(
      place,
      "weights of \(format.rawValue) are for an encoder of kind \(expected), but this one is "
        + "\(kind); change the encoder, or give other weights")
  }
}
