import Exchange
import MLA
import Methods
import Tensors

/// How much samples weigh for the modality whose stage it is: by what the other members say of them.
struct SampleAdvice {
  private let method: ReconBoost
  private let run: CoordinatorRank
  private let sums: Tensor
  private let logits: Tensor

  init(_ method: ReconBoost, of run: CoordinatorRank) {
    (self.method, self.run) = (method, run)
    let configuration = run.configuration
    let capacity = max(configuration.batchSize, configuration.evaluation.batchSize)
    sums = Tensor([configuration.classes.count], capacity: capacity)
    logits = Tensor([configuration.classes.count], capacity: capacity)
  }

  /// Hears the other members' logits of samples, and tells the modality of the stage what follows.
  ///
  /// - Parameter boost: what the sum of logits is multiplied by.
  func give(
    _ samples: [Int], in phase: BoostPhase, of roster: Roster, boost: Float, cycle: Int
  ) throws {
    let classCount = sums.stride
    var softmax = LogSoftmax(classCount)
    sums.count = samples.count
    sums.held.update(repeating: 0)
    var previous: [Float] = []
    if method.agreement > 0, phase.previous != nil {
      previous = [Float](repeating: .nan, count: samples.count * classCount)
    }
    for modality in phase.others {
      let places = samples.indices.filter { roster.has(samples[$0], modality: modality) }
      guard !places.isEmpty else { continue }
      logits.count = places.count
      try run.endpoint.receive(
        MemberLogits(logits.held), number: cycle, from: run.leaders[modality])
      for (row, place) in places.enumerated() {
        let own = logits.buffer(of: row)
        sums.buffer(of: place).add(own)
        guard !previous.isEmpty, modality == phase.previous else { continue }
        softmax.take(own)
        for label in 0..<classCount {
          previous[place * classCount + label] = Float(softmax.probabilities[label])
        }
      }
    }
    FixedSums.scale(sums.held, by: boost)
    let weights = samples.enumerated().map { place, sample in
      softmax.take(sums.buffer(of: place))
      let isFirst = phase.members.isEmpty && method.firstResidual == .one
      let confidence = isFirst ? 1 : softmax.probabilities[Int(run.trainLabels[sample])]
      return method.weight(confidence: confidence, classCount: classCount)
    }
    try run.endpoint.send(
      SampleWeights(weights, previous: previous), number: cycle, to: run.leaders[phase.modality])
  }
}
