/// The hash that a file of weights carries of its own tensors, so that no damage goes unnoticed: a
/// flipped bit in a weight is as readable as the weight was.
public enum WeightsSeal {
  static let key = "weights_sha256"

  /// What the metadata of a file with these tensors must hold.
  public static func metadata(of tensors: some Sequence<NamedTensor>) throws -> [String: String] {
    [key: try WeightsDigest.hex(of: tensors)]
  }

  /// Refuses a file whose tensors are not those that were saved. Files of other programs carry no
  /// hash and are taken as they are.
  public static func check(_ file: TensorFile) throws {
    guard let expected = file.metadata[key] else { return }
    guard try WeightsDigest.hex(of: file) == expected else {
      throw StorageError(
        file.place,
        "is damaged: its tensors do not have the hash that was stored with them; use another copy, or train again"
      )
    }
  }
}

extension WeightsDigest {
  /// SHA-256 over the tensors of a file, in the file's order: equal to that of what was written.
  public static func hex(of file: TensorFile) throws -> String {
    var digest = SHA256()
    for tensor in file.tensors {
      digest.update("\(tensor.name) \(tensor.elementType.rawValue) \(tensor.shape)\n".utf8)
      try tensor.bytes.withUnsafeBytes { try digest.updateStepwise($0) }
    }
    return digest.hex
  }
}
