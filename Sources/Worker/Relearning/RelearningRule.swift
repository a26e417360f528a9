import Configuration
import Datasets
import Exchange
import MLA
import Methods
import Tensors

/// A worker's part in re-learning: at some epochs' ends it clusters features of training and of validation
/// samples, and draws its encoder back as far as their purities differ.
public final class RelearningRule: JointLocalRule {
  /// The samples that are clustered.
  public enum Samples: Int, Sendable, CaseIterable {
    /// Those of training.
    case training
    /// Those held out.
    case validation
  }

  /// The samples that a search for clusters begins at, by event and split, in place of drawn ones; nil: they
  /// are drawn.
  public var centres: ((_ event: Int, Samples) throws -> [Int])?

  private let method: Relearning
  private let learner: ModalityLearner
  private let rosters: Rosters?
  private let modality: Int
  private let configuration: RunConfiguration
  private let noted: (Int?, [MethodNote]) -> Void
  /// Where the values that move began.
  private let start: Buffer<Float>
  private var eventCount = 0

  init(_ method: Relearning, on rank: WorkerRank) {
    self.method = method
    (learner, rosters, modality) = (rank.learner, rank.rosters, rank.modality)
    (configuration, noted) = (rank.configuration, rank.noted)
    let store = rank.learner.encoder.store
    start = Buffer(store.moving.count)
    start.update(from: store.values[store.moving])
  }

  /// Where the encoder began, and how often it was drawn back.
  public var state: [NamedState] {
    [
      NamedState("start", [start.count], start),
      NamedState("events", [Int64(eventCount)]) { self.eventCount = Int($0[0]) },
    ]
  }

  /// The features of a split, and the same scaled, in float64.
  public func passingByteCount(sampleCount: Int) -> Int {
    let each = MemoryLayout<Float>.stride + MemoryLayout<Double>.stride
    return [sampleCount, configuration.features, each].product() ?? .max
  }

  /// Draws the encoder back, where it is time.
  public func endEpoch(_ epoch: Int) throws {
    guard epoch > 0, epoch % method.period == 0, eventCount < method.count, let rosters else {
      return
    }
    defer { eventCount += 1 }
    let purities = try [
      purity(.training, rosters.train), purity(.validation, rosters.validation),
    ]
    let known = purities.compactMap(\.self)
    // Nothing is known of a modality that has no samples to compare.
    guard known.count == purities.count else { return }
    let weight = tangent(method.strength * abs(known[0] - known[1]))
    let store = learner.encoder.store
    let values = store.values[store.moving]
    for place in 0..<values.count {
      values[place] = Float(
        weight * Double(start[place]) + (1 - weight) * Double(values[place]))
    }
    noted(nil, [MethodNote("purity", known), MethodNote("weight", [weight])])
  }

  /// The purity of the clusters of a split's samples; nil: the modality has none.
  private func purity(_ samples: Samples, _ roster: Roster) throws -> Double? {
    let rows = roster.rows[modality].filter { $0 != Roster.absent }.map(Int.init)
    guard !rows.isEmpty else { return nil }
    let featureCount = configuration.features
    let features = Buffer<Float>(rows.count * featureCount)
    var place = 0
    let feed = try BatchFeed(
      of: learner.source, loaders: configuration.data.media.loaders,
      evaluating: BatchRequest.evaluating(rows, atMost: learner.evaluationCapacity))
    try learner.features(of: rows, from: feed) { some in
      features[place..<place + some.elementCount].update(from: some.held)
      place += some.elementCount
    }
    let clusters = FeatureClusters(features, featureCount: featureCount)
    let labels = rows.map { learner.source.labels[$0] }
    if let centres {
      return try clusters.purity(labels: labels, centres: centres(eventCount, samples))
    }
    var generator = SeededGenerator(
      seed: configuration.seed, stream: "relearn/\(configuration.modalities[modality].name)",
      numbers: [eventCount, samples.rawValue])
    return try clusters.purity(
      labels: labels, clusterCount: configuration.classes.count, generator: &generator)
  }
}

/// `tanh(x)` of what is not negative.
private func tangent(_ x: Double) -> Double {
  let small = Elementary.exponential(-2 * x)
  return (1 - small) / (1 + small)
}

extension Relearning: JointWorkerSide {
  /// Draws the encoder back now and then.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? {
    RelearningRule(self, on: rank)
  }
}
