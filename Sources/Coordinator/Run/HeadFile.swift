import Storage
import Tensors

/// What the coordinator itself holds of a model, as a file: the shared head, or the common bias.
enum HeadFile {
  /// Gives `weights` what a folder has of them.
  ///
  /// - Parameter isInspected: whether the file was found to be what was written.
  static func restore(
    _ weights: [NamedState], from folder: String, isInspected: Bool
  ) throws {
    guard !weights.isEmpty else { return }
    let file = try TensorFile(path: "\(folder)/\(ModelFiles.head)")
    if !isInspected { try WeightsSeal.check(file) }
    try file.restore(weights)
  }

  /// One hash over all weights of a model: the coordinator's and the workers', in their order.
  static func digest(_ weights: [NamedState], with workers: [String]) throws -> String {
    var digest = SHA256()
    for part in [try WeightsDigest.hex(of: weights)] + workers { digest.update("\(part)\n".utf8) }
    return digest.hex
  }
}
