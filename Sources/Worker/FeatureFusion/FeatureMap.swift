import Configuration
import Methods
import Networks
import Tensors

extension Head {
  /// What makes of features that which a modality sends: zeros, to be drawn, received or restored.
  convenience init(of sent: SentValues, in run: RunConfiguration) {
    switch sent {
    case .features: self.init(passing: run.features)
    case .logits, .projection:
      self.init(
        classCount: sent.width(classCount: run.classes.count, featureCount: run.features),
        featureCount: run.features)
    }
  }
}

extension OwnHead {
  /// A trainer on a rank of what makes of its features that which it sends: nothing, or a linear map without a
  /// bias, drawn from the run's seed. Biases are the coordinator's.
  convenience init(mapOn rank: WorkerRank) {
    let run = rank.configuration
    let map = Head(of: run.sentValues[rank.modality], in: run)
    var generator = SeededGenerator(
      seed: run.seed, stream: "head/\(run.modalities[rank.modality].name)")
    map.store.initialise(from: &generator)
    self.init(
      map, batchSize: rank.batchSize, options: rank.learner.options,
      learningRateScale: run.headLearningRateScale, trainsBias: map.passesFeatures)
  }
}

/// The methods whose coordinator fuses features: the conversation of joint training, with what workers send of
/// their features in the place of logits.
public protocol FeatureFusionWorkerSide: FeatureFusionTraining, WorkerSide {}

extension FeatureFusionWorkerSide {
  /// Steps with a map of the features.
  public func worker(on rank: WorkerRank) -> any WorkerMethod {
    JointSteps(
      learner: rank.learner, head: OwnHead(mapOn: rank), modality: rank.modality,
      endpoint: rank.endpoint, noted: rank.noted)
  }
}

extension FilmTraining: FeatureFusionWorkerSide {}
extension GatedTraining: FeatureFusionWorkerSide {}
