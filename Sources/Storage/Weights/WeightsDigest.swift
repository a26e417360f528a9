import Tensors

/// One hash over weights: equal exactly when names, shapes and every bit of every value are.
public enum WeightsDigest {
  /// SHA-256 over the values that states have now, in the given order, in hexadecimal.
  public static func hex(of states: some Sequence<NamedState>) throws -> String {
    var digest = SHA256()
    for state in states {
      digest.update(head(state.name, ElementType(of: state), state.shape))
      try state.withBytes { try digest.updateStepwise($0) }
    }
    return digest.hex
  }

  /// SHA-256 over the tensors of a file, in the file's order: equal to that of what was written.
  public static func hex(of file: TensorFile) throws -> String {
    var digest = SHA256()
    for tensor in file.tensors {
      digest.update(head(tensor.name, tensor.elementType, tensor.shape))
      try digest.updateStepwise(tensor.bytes.span.bytes)
    }
    return digest.hex
  }

  private static func head(_ name: String, _ type: ElementType, _ shape: Shape) -> String.UTF8View {
    "\(name) \(type.rawValue) \(shape)\n".utf8
  }
}

extension SHA256 {
  /// Takes many `bytes` in, piece by piece, as long work.
  mutating func updateStepwise(_ bytes: RawSpan) throws {
    let pieceByteCount = 1 << 20
    for start in stride(from: 0, to: bytes.byteCount, by: pieceByteCount) {
      try LongWork.step()
      update(bytes.extracting(start..<min(start + pieceByteCount, bytes.byteCount)))
    }
  }
}
