import Storage
import Tensors

// What the coordinator remembers.

extension EpochLoop {
  /// All that training must not forget beside the weights.
  var rest: [NamedState] {
    let weights = Set(method.weights.map(\.name))
    return method.state.filter { !weights.contains($0.name) }.named(in: "method.")
      + progress.state.named(in: "epoch.") + ordering.state.named(in: "order.")
      + selection.state.named(in: "selection.")
  }

  func restore(_ origin: RunOrigin) throws {
    let folder = "\(session.runDirectory)/\(origin.folder)"
    try HeadFile.restore(method.weights, from: folder, isInspected: origin.isResumed)
    guard origin.isResumed else { return }
    try TensorFile(path: "\(folder)/\(ModelFiles.coordinatorState)").restore(rest)
    // An epoch that is not gone on with.
    if schedule.position != origin.position { progress.restart() }
  }
}
