import Configuration
import Exchange
import Storage
import Tensors

/// One run, conducted by the coordinator: from the first assignment to the last report.
public final class CoordinatorSession {
  let configuration: RunConfiguration
  let endpoint: Endpoint
  let observer: any RunObserver
  let layout: RankLayout
  let host: String
  let runDirectory: String
  let heldFolder: HeldFolder?
  let nameModel: @Sendable (SavedWeights) throws -> Void
  /// The pool that predictions are fused by from the beginning; nil: it is fitted at the end, if it is asked for.
  let fusion: FittedFusion?
  /// The number of epochs after which training ends, whatever schedules go by; nil: the configuration's.
  let lastEpoch: Int?

  /// A run on the ranks of `endpoint`.
  ///
  /// - Parameters:
  ///   - runDirectory: where weights are saved; empty: they are not.
  ///   - heldFolder: that folder, as it was when it was made; nil: it is not looked after.
  ///   - fusion: a pool that was fitted in another training, and that this one keeps.
  ///   - lastEpoch: the number of epochs after which training ends, whatever schedules go by; nil: the configuration's.
  ///   - nameModel: writes what names saved weights as the run's model; called on any thread, once they
  ///     are whole.
  public init(
    _ configuration: RunConfiguration, endpoint: Endpoint, host: String, runDirectory: String,
    heldFolder: HeldFolder? = nil, observer: any RunObserver, fusion: FittedFusion? = nil,
    lastEpoch: Int? = nil,
    nameModel: @escaping @Sendable (SavedWeights) throws -> Void = { _ in }
  ) throws {
    (self.nameModel, self.fusion, self.lastEpoch) = (nameModel, fusion, lastEpoch)
    self.configuration = configuration
    self.endpoint = endpoint
    self.observer = observer
    self.host = host
    self.runDirectory = runDirectory
    self.heldFolder = heldFolder
    layout = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks))
    guard endpoint.worldSize >= layout.size else {
      throw CoordinatorError.wrongRankCount(
        found: endpoint.worldSize, needed: layout.size, modalities: configuration.modalities.count)
    }
    Products.current = configuration.execution.products
    // Before anybody loads anything.
    if let problem = configuration.coordinatorMemory().problem() {
      throw CoordinatorError.outOfMemory("rank 0 (coordinator): \(problem)")
    }
    endpoint.know(configuration.method.messageKinds)
    endpoint.deadline = .seconds(configuration.execution.deadlineSeconds)
    endpoint.describe(0, as: "coordinator, host \(host)")
    Trace.beginRun()
  }

  /// Trains from fresh weights or from a checkpoint, evaluates, saves.
  ///
  /// - Throws: `RunEnded` where somebody asked for its end; then a checkpoint stands.
  public func train(from checkpoint: RunOrigin? = nil) throws -> RunResult {
    let team = try Team(self, origin: checkpoint)
    return try EpochLoop(self, team: team, origin: checkpoint).run()
  }

  /// Evaluates saved weights on one split.
  ///
  /// - Parameters:
  ///   - weights: the folder of the weights, below the run directory.
  ///   - fusion: the pool that was fitted when they were trained; nil: it is fitted now, if it is asked for.
  ///   - testCapacities: the most samples of each modality's forward passes, as the model remembers them: then
  ///     the test samples alone are opened; nil: all are.
  public func evaluate(
    weights: String, split: EvaluatedSplit, fusion: FittedFusion? = nil,
    testCapacities: [Int]? = nil
  ) throws -> RunResult {
    let origin = RunOrigin(
      evaluating: weights, of: runDirectory, testCapacities: testCapacities)
    let team = try Team(self, origin: origin)
    return try EpochLoop(self, team: team, origin: origin).evaluateOnly(split, fusion: fusion)
  }
}

/// A run that ended before its time, because somebody asked for it. A checkpoint stands.
public struct RunEnded: Error {
  /// How much of the run is done.
  public let position: RunPosition
}
