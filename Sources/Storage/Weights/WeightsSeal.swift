import Tensors

/// The hash that a file of weights carries of its own tensors, so that no damage goes unnoticed: a
/// flipped bit in a weight is as readable as the weight was.
public enum WeightsSeal {
  static let key = "weights_sha256"

  /// What the metadata of a file with these states must hold.
  public static func metadata(of states: some Sequence<NamedState>) throws -> [String: String] {
    [key: try WeightsDigest.hex(of: states)]
  }

  /// Refuses a file whose tensors are not those that were saved. Files of other programs carry no
  /// hash and are taken as they are.
  public static func check(_ file: TensorFile) throws {
    guard let expected = file.metadata[key] else { return }
    guard try WeightsDigest.hex(of: file) == expected else {
      throw FileError(
        file.place,
        "is damaged: its tensors do not have the hash that was stored with them; use another copy, or train again"
      )
    }
  }
}
