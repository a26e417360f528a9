import Configuration
import Glibc
import Storage

extension RunDirectory {
  /// How far a run is.
  public enum Stage: Sendable {
    /// Not begun, or without a checkpoint.
    case ahead
    /// There are checkpoints to go on from.
    case cut
    /// All epochs are trained, and their results written.
    case over
  }

  /// How far the run in this folder is, of what `configuration` asks for.
  public func stage(of configuration: RunConfiguration) -> Stage {
    if access(summary, F_OK) == 0, let model = try? ModelDescription(of: self),
      model.position.cycle == 0, isTrained(model, configuration),
      !configuration.evaluation.keepsLogits || access(logits, F_OK) == 0
    {
      return .over
    }
    guard CheckpointFolder.all(in: path).isEmpty, access(model, F_OK) != 0 else { return .cut }
    guard configuration.fusion.refitsOnAll, let first = try? RunDirectory(existing: heldOut) else {
      return .ahead
    }
    return first.stage(of: configuration.fitting) == .ahead ? .ahead : .cut
  }

  /// Whether a model is what is left of all epochs, or of those that there were.
  private func isTrained(_ model: ModelDescription, _ configuration: RunConfiguration) -> Bool {
    guard let kept = try? KeptRecord.read(of: self) else {
      return model.position.epoch >= configuration.epochs
    }
    return kept.epoch == model.position.epoch
      && (kept.stoppedEarly || kept.trainedEpochs >= configuration.epochs)
  }
}
