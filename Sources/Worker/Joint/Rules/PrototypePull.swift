import Datasets
import Exchange
import MLA
import Methods
import Networks
import Tensors

/// A worker's part in PMR: the prototypes of its classes, how well they tell them, and the loss that draws
/// features towards them.
final class PrototypePull: JointLocalRule {
  private let method: PrototypeRebalance
  private let learner: ModalityLearner
  private let modality: Int
  private let classCount: Int
  private let featureCount: Int
  /// Threads that load ahead what takes long.
  private let loaders: Int
  /// The prototypes, `[K, D]`, and which of them there are.
  private let prototypes: Buffer<Double>
  private let known: Buffer<Int64>
  /// The gradient of the mini-batch's loss by prototypes with respect to its features.
  private let pull: Tensor
  /// The same of one sample.
  private let own: Buffer<Double>
  private var loss = Double.nan

  init(_ method: PrototypeRebalance, on rank: WorkerRank) {
    self.method = method
    (learner, modality) = (rank.learner, rank.modality)
    (classCount, featureCount) = (
      rank.configuration.classes.count, rank.configuration.features
    )
    loaders = rank.configuration.data.media.loaders
    prototypes = Buffer(classCount * featureCount)
    known = Buffer(classCount)
    own = Buffer(featureCount)
    pull = Tensor([featureCount], capacity: rank.batchSize)
  }

  var state: [NamedState] {
    [
      NamedState("proto", [classCount, featureCount], prototypes),
      NamedState("known", [classCount], known),
    ]
  }

  // MARK: - Prototypes

  /// Finds the prototypes by the first mini-batches of the coming epoch.
  func beginEpoch(_ plan: EpochPlan) throws {
    let batches = max(1, Int(method.share * Double(plan.cycleCount) + 1e-9))
    let rows = (0..<min(batches, plan.cycleCount)).flatMap {
      plan.rows(cycleInEpoch: $0, modality: modality)
    }
    let sums = Buffer<Double>(prototypes.count)
    var counts = [Int](repeating: 0, count: classCount)
    var place = 0
    let feed = try BatchFeed(
      of: learner.source, loaders: loaders,
      evaluating: BatchRequest.evaluating(rows, atMost: learner.evaluationCapacity))
    try learner.features(of: rows, from: feed) { features in
      for sample in 0..<features.count {
        let label = learner.source.labels[rows[place]]
        let (sum, values) = (sums[part(of: label)], features.buffer(of: sample))
        place += 1
        // Of a sample that is odd, training says so, or leaves it out.
        guard values.isFinite else { continue }
        counts[label] += 1
        for feature in 0..<featureCount { sum[feature] += Double(values[feature]) }
      }
    }
    for label in 0..<classCount where counts[label] > 0 {
      let isMixed = plan.epoch >= method.freshEpochs && known[label] != 0
      let kept = isMixed ? method.momentum : 0
      let (sum, prototype) = (sums[part(of: label)], prototypes[part(of: label)])
      for feature in 0..<featureCount {
        let new = sum[feature] / Double(counts[label])
        prototype[feature] = (1 - kept) * new + kept * prototype[feature]
      }
      known[label] = 1
    }
  }

  private func part(of label: Int) -> Range<Int> {
    label * featureCount..<(label + 1) * featureCount
  }

  // MARK: - Mini-batches

  /// Finds the score, the loss and its gradient: softmax over negative distances.
  func look(_ turn: JointTurn) {
    let count = turn.rows.count
    pull.count = count
    pull.held.update(repeating: 0)
    loss = .nan
    let judged = (0..<count).filter { known[Int(turn.labels[$0])] != 0 }
    guard !judged.isEmpty else { return }
    var (score, sum) = (0.0, 0.0)
    for sample in judged {
      let distances = distances(of: turn.features.buffer(of: sample))
      let nearest = distances.min() ?? 0
      let likeness = distances.map { $0.isFinite ? Elementary.exponential(nearest - $0) : 0 }
      let total = likeness.reduce(0, +)
      let label = Int(turn.labels[sample])
      score += likeness[label] / total
      sum += Elementary.logarithm(total) + distances[label] - nearest
      add(
        likeness.map { $0 / total }, distances, of: sample, label,
        features: turn.features.buffer(of: sample), count: judged.count)
    }
    turn.score = score / Double(judged.count)
    loss = sum / Double(judged.count)
  }

  func amend(featureGradient: Tensor, of turn: JointTurn) -> Bool {
    turn.notes = [MethodNote("loss_prototype", [loss])]
    guard turn.scale != 0 else { return true }
    FixedSums.scale(pull.held, by: Float(turn.scale))
    featureGradient.held.add(pull.held)
    return true
  }

  /// The distance of a feature to each prototype; infinite where there is none.
  private func distances(of features: Buffer<Float>) -> [Double] {
    (0..<classCount).map { label in
      known[label] == 0
        ? .infinity : prototypes[part(of: label)].squaredDistance(to: features).squareRoot()
    }
  }

  /// Writes a sample's gradient: of each class's likeness along the direction to its prototype.
  private func add(
    _ likeness: [Double], _ distances: [Double], of sample: Int, _ label: Int,
    features: Buffer<Float>, count: Int
  ) {
    own.update(repeating: 0)
    for other in 0..<classCount where distances[other].isFinite && distances[other] > 0 {
      let target = other == label ? 1.0 : 0
      let factor = (target - likeness[other]) / Double(count) / distances[other]
      own.add(features, from: prototypes[part(of: other)], times: factor)
    }
    let gradient = pull.buffer(of: sample)
    for place in 0..<featureCount { gradient[place] = Float(own[place]) }
  }
}

extension PrototypeRebalance: JointWorkerSide {
  /// Prototypes, and what draws features towards them.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? {
    PrototypePull(self, on: rank)
  }
}
