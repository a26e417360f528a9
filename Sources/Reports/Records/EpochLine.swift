import Storage

/// How well something predicts, as far as it is told.
struct Score: Sendable, Equatable {
  /// The share that is classified rightly.
  var accuracy: Double?
  /// The mean of the classes' F1.
  var macroF1: Double?
  /// The mean of the classes' recall.
  var balancedAccuracy: Double?
  /// The mean cross-entropy, in nats.
  var loss: Double?
  /// The samples that it is about.
  var samples: Int?

  /// What an object says of it.
  init(_ value: JSONValue) {
    accuracy = value["accuracy"]?.quantity
    macroF1 = value["macro_f1"]?.quantity
    balancedAccuracy = value["balanced_accuracy"]?.quantity
    loss = value["loss"]?.quantity
    samples = value["samples"]?.count
  }

  /// The scores of an object's members.
  static func all(in value: JSONValue?) -> [String: Score] {
    (value?.members ?? [:]).mapValues { Score($0) }
  }
}

/// One line of `metrics.jsonl`: an epoch. Runs of other versions may lack any of it.
struct EpochLine: Sendable {
  /// What turns did to each other; lists are in the order of the modalities.
  struct Interference: Sendable {
    /// How far the head is from where the run began.
    let drift: Double?
    /// How far turns of a modality moved the mean logits of each, `[M][M]`.
    let logitShifts: [[Double]]
    /// Cosines between gradients, `[M][M]`.
    let cosines: [[Double]]
  }

  /// The number of epochs trained, from 1.
  let epoch: Int
  /// Seconds of training.
  let seconds: Double?
  /// The rate of training.
  let samplesPerSecond: Double?
  /// Training loss and accuracy by name.
  let training: [String: Score]
  /// What was evaluated; nil: nothing.
  let split: String?
  /// How well each fusion predicts.
  let fused: [String: Score]
  /// How well each modality predicts.
  let modalities: [String: Score]
  /// Seconds that each worker waited for others.
  let waited: [String: Double]
  /// The share of the time in which each worker waited for its own samples.
  let dataWait: [String: Double]
  /// The learning rate of each modality, and of the `head`.
  let learningRates: [String: Double]
  /// |G'| / |G|.
  let gradientRatio: Double?
  /// ||W||.
  let weightNorm: Double?
  /// ||P|| of each projector.
  let projectorNorms: [Double]
  /// What turns did to each other; nil: that was not measured.
  let interference: Interference?

  /// An epoch out of a line; nil: the line is of none.
  init?(_ line: JSONValue) {
    guard let epoch = line["epoch"]?.count, epoch > 0 else { return nil }
    self.epoch = epoch
    seconds = line["seconds"]?.quantity
    samplesPerSecond = line["samples_per_second"]?.quantity
    training = Score.all(in: line["training"])
    split = line["split"]?.text
    fused = Score.all(in: line["fused"])
    modalities = Score.all(in: line["modalities"])
    waited = Self.numbers(line["waited_seconds"])
    dataWait = Self.numbers(line["data_wait"])
    learningRates = Self.numbers(line["learning_rate"])
    let head = line["head"]
    gradientRatio = head?["gradient_ratio"]?.quantity
    weightNorm = head?["weight_norm"]?.quantity
    projectorNorms = Self.list(head?["projector_norms"])
    interference = (head?["interference"]).map { value in
      Interference(
        drift: value["drift"]?.quantity,
        logitShifts: (value["logit_shift"]?.elements ?? []).map(Self.list),
        cosines: (value["gradient_cosine"]?.elements ?? []).map(Self.list))
    }
  }

  private static func numbers(_ value: JSONValue?) -> [String: Double] {
    (value?.members ?? [:]).compactMapValues(\.quantity)
  }

  private static func list(_ value: JSONValue?) -> [Double] {
    (value?.elements ?? []).map { $0.quantity ?? .nan }
  }
}
