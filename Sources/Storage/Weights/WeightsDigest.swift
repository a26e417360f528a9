import Tensors

/// One hash over weights: equal exactly when names, shapes and every bit of every value are.
public enum WeightsDigest {
  /// SHA-256 over tensors in the given order, in hexadecimal.
  public static func hex(of tensors: some Sequence<NamedTensor>) throws -> String {
    var digest = SHA256()
    for tensor in tensors {
      digest.update("\(tensor.name) \(tensor.elementType.rawValue) \(tensor.shape)\n".utf8)
      try tensor.withUnsafeBytes { try digest.updateStepwise($0) }
    }
    return digest.hex
  }
}

extension SHA256 {
  /// Takes many `bytes` in, piece by piece, as long work.
  mutating func updateStepwise(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      try LongWork.step()
      update(UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20)))
      rest = rest.dropFirst(1 << 20)
    }
  }
}
