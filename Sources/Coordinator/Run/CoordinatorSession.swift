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

  /// A run on the ranks of `endpoint`.
  ///
  /// - Parameters:
  ///   - runDirectory: where weights are saved; empty: they are not.
  ///   - heldFolder: that folder, as it was when it was made; nil: it is not looked after.
  public init(
    _ configuration: RunConfiguration, endpoint: Endpoint, host: String, runDirectory: String,
    heldFolder: HeldFolder? = nil, observer: any RunObserver
  ) throws {
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
  }

  /// Trains from fresh weights, evaluates, saves.
  public func train() throws -> RunResult {
    let team = try Team(self, weights: "")
    return try EpochLoop(self, team: team).run()
  }

  /// Evaluates saved weights on one split.
  ///
  /// - Parameter weights: the folder of the weights, below the run directory.
  public func evaluate(weights: String, split: EvaluatedSplit) throws -> RunResult {
    let team = try Team(self, weights: weights)
    return try EpochLoop(self, team: team, restoringFrom: weights).evaluateOnly(split)
  }
}
