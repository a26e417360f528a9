import Networks
import Storage
import Tensors

/// What the coordinator itself holds of a model, as a file: the shared head, or the common bias.
enum HeadFile {
  private static let bias = "bias"

  /// Saves what there is; methods whose heads belong to the workers have nothing here.
  static func save(_ method: any CoordinatorMethod, to folder: String, epochs: Int) throws {
    let tensors = tensors(of: method)
    guard !tensors.isEmpty else { return }
    try ModelFiles.createFolder(folder)
    try SafeTensors.write(
      tensors,
      metadata: try WeightsSeal.metadata(of: tensors).merging(["epochs": "\(epochs)"]) { $1 },
      to: "\(folder)/\(ModelFiles.head)")
  }

  /// Restores what `save` wrote.
  static func restore(_ method: any CoordinatorMethod, from folder: String) throws {
    guard !tensors(of: method).isEmpty else { return }
    let file = try TensorFile(path: "\(folder)/\(ModelFiles.head)")
    try WeightsSeal.check(file)
    if let head = method.sharedHead?.head {
      for parameter in head.store.parameters {
        let values = try file.tensor(named: parameter.name, shape: parameter.shape).floats()
        parameter.value.update(from: values, count: values.count)
      }
    } else if let joint = method as? JointService, let common = joint.commonBias {
      joint.restore(commonBias: try file.tensor(named: bias, shape: [common.count]).floats())
    }
  }

  /// One hash over all weights of a model: the coordinator's and the workers', in their order.
  static func digest(_ method: any CoordinatorMethod, with workers: [String]) throws -> String {
    var digest = SHA256()
    for part in [try WeightsDigest.hex(of: tensors(of: method))] + workers {
      digest.update("\(part)\n".utf8)
    }
    return digest.hex
  }

  private static func tensors(of method: any CoordinatorMethod) -> [NamedTensor] {
    if let head = method.sharedHead?.head {
      return head.export().map { NamedTensor($0.name, Shape($0.shape), $0.values) }
    }
    return method.commonBias.map { [NamedTensor(bias, [$0.count], $0)] } ?? []
  }
}
