import Storage
import Tensors

/// What the coordinator itself holds of a model, as a file: the shared head, or the common bias.
enum HeadFile {
  /// Saves what there is into a folder that is there.
  static func save(_ weights: [NamedState], to folder: String, epochs: Int) throws {
    try SafeTensors.write(
      weights,
      metadata: try WeightsSeal.metadata(of: weights).merging(["epochs": "\(epochs)"]) { $1 },
      to: "\(folder)/\(ModelFiles.head)")
  }

  /// Restores what `save` wrote.
  static func restore(_ weights: [NamedState], from folder: String) throws {
    guard !weights.isEmpty else { return }
    let file = try TensorFile(path: "\(folder)/\(ModelFiles.head)")
    try WeightsSeal.check(file)
    try file.restore(weights)
  }

  /// One hash over all weights of a model: the coordinator's and the workers', in their order.
  static func digest(_ weights: [NamedState], with workers: [String]) throws -> String {
    var digest = SHA256()
    for part in [try WeightsDigest.hex(of: weights)] + workers { digest.update("\(part)\n".utf8) }
    return digest.hex
  }
}
