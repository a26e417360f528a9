/// One hash over weights: equal exactly when names, shapes and every bit of every value are.
public enum WeightsDigest {
  /// SHA-256 over tensors in the given order, in hexadecimal.
  public static func hex(of tensors: some Sequence<NamedTensor>) -> String {
    var digest = SHA256()
    for tensor in tensors {
      digest.update("\(tensor.name) \(tensor.elementType.rawValue) \(tensor.shape)\n".utf8)
      tensor.withUnsafeBytes { digest.update($0) }
    }
    return digest.hex
  }
}
