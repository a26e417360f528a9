import Datasets
import MLA
import Methods
import Networks
import Tensors

/// Everything that decides a run. Written as YAML by people, resolved and saved with the run.
public struct RunConfiguration: Sendable, Equatable {
  /// How mini-batches are drawn.
  public enum SamplingKind: String, Sendable, CaseIterable {
    case shared, own
  }

  /// What happens to an encoder in the turns of others.
  public enum InactiveEncoders: String, Sendable, CaseIterable {
    /// Nothing.
    case skip
    /// Historical: weight decay and momentum go on, as with PyTorch before 2.0.
    case zeroGrad = "zero_grad"
  }

  /// The names of the classes; their numbers are their places.
  public var classes: [String]
  /// D, the width of the head: every encoder ends in so many features.
  public var features = 64
  /// How the modalities are trained.
  public var method = MethodChoice(AlternatingAdaptation())
  /// What all random numbers are drawn from.
  public var seed: UInt64 = 0
  /// Passes through the training samples.
  public var epochs = 30
  /// The largest number of samples in a mini-batch.
  public var batchSize = 64
  /// How mini-batches are drawn.
  public var sampling = SamplingKind.shared
  /// The order in which a cycle serves the modalities, by place in `modalities`.
  public var order: [Int]
  /// What the order is decided by at each epoch's end; nil: it stays. The first epoch has `order`.
  public var orderRule: TurnRanking?
  /// Where data lie and how they are split.
  public var data = DataOptions()
  /// What all modalities lack together, beside what each of them lacks by itself.
  public var missing = MissingOptions()
  /// The modalities; their numbers are their places.
  public var modalities: [ModalityConfiguration]
  /// What modalities use that name no optimizer of their own, and the head.
  public var optimizer = OptimizerOptions()
  /// The head's learning rate is this times the optimizer's; 0 freezes the head.
  public var headLearningRateScale = 1.0
  /// What workers send of the head's gradient.
  public var headUpdate = HeadUpdateForm.gradient
  /// What happens to an encoder in the turns of others.
  public var inactiveEncoders = InactiveEncoders.skip
  /// How the head's gradient is modified.
  public var hgm = HeadGradientModification()
  /// How much each class counts in the loss.
  public var classWeights = ClassWeights.alike
  /// The part of each target that all classes share, in `[0, 1)`.
  public var labelSmoothing = 0.0
  /// How the modalities' logits become one prediction.
  public var fusion = FusionOptions()
  /// When and how the model is tested.
  public var evaluation = EvaluationOptions()
  /// Which epoch's model is kept.
  public var selection = SelectionOptions()
  /// When checkpoints are written, and how many are kept.
  public var checkpoint = CheckpointOptions()
  /// How the run uses its machines.
  public var execution = ExecutionOptions()

  /// A run over `modalities` with every default.
  public init(classes: [String], modalities: [ModalityConfiguration]) {
    self.classes = classes
    self.modalities = modalities
    order = Array(modalities.indices)
  }
}

extension RunConfiguration {
  /// Whether the ranks of a modality are to be chosen before the run starts.
  public var hasRanksToChoose: Bool { modalities.contains(where: \.choosesRanks) }

  /// How much of its encoder's gradients a modality must have at a time: all, where it is decided by all
  /// of them whether a step is taken, where ranks sum theirs, or where the method looks at all.
  public func gradientMemory(of modality: ModalityConfiguration) -> GradientMemory {
    execution.onNonfinite == .skip || modality.ranks > 1 || method.demands.wantsWholeGradients
      ? .whole : modality.optimizer.gradientMemory
  }

  /// `optimizer` with a schedule that knows how long the run is.
  public func scheduled(_ optimizer: OptimizerOptions) -> OptimizerOptions {
    var optimizer = optimizer
    optimizer.cosineEpochs = optimizer.cosineEpochs ?? epochs
    return optimizer
  }
}

/// Where data lie and how they are split.
public struct DataOptions: Sendable, Equatable {
  /// The folder that data paths start from, absolute once resolved.
  public var root = "."
  /// The part of the training samples that is kept for validation, in `[0, 1)`.
  public var validationFraction = 0.0
  /// A CSV file with columns `id,group`, relative to `root`: samples of one group stay on one side of a
  /// split. Read by the coordinator.
  public var groups: String?
  /// Whether the same written ids may stand in the training and the test files.
  public var allowsOverlap = false
  /// How files that are samples are opened and loaded.
  public var media = MediaPolicy()

  /// The defaults.
  public init() {}
}

/// One modality: its data, its encoder, its optimizer.
public struct ModalityConfiguration: Sendable, Equatable {
  /// The name used in every message, file and table.
  public var name: String
  /// Where the samples come from.
  public var source: SourceOptions
  /// What training changes at random in a sample.
  public var augmentation = AugmentationOptions()
  /// What turns a sample into features.
  public var encoder: EncoderArchitecture
  /// Where the encoder's first weights come from, and how training treats them.
  public var pretraining = PretrainingOptions()
  /// The run's optimizer with this modality's overrides.
  public var optimizer: OptimizerOptions
  /// The probability that a training sample loses this modality; one modality always stays.
  public var missingTrain = 0.0
  /// The same for test samples.
  public var missingTest = 0.0
  /// The number of ranks that share this modality's mini-batches.
  public var ranks = 1
  /// Whether `ranks` shall be chosen before the run starts: until then it is 1.
  public var choosesRanks = false
  /// How a mini-batch is computed in parts.
  public var sharding = ShardOptions()

  /// A modality with the default optimizer.
  public init(
    name: String, source: SourceOptions, encoder: EncoderArchitecture,
    optimizer: OptimizerOptions = .init()
  ) {
    self.name = name
    self.source = source
    self.encoder = encoder
    self.optimizer = optimizer
  }
}

/// When and how the model is tested while it trains.
public struct EvaluationOptions: Sendable, Equatable {
  /// Evaluated after every so many epochs, and always after the last.
  public var every = 1
  /// The number of samples whose logits travel in one message, and that `batch_entropy_logits`
  /// weighs together; nothing else depends on it.
  public var batchSize = 256
  /// Whether the logits of the final weights are kept: every modality's, of the test and the validation split.
  public var keepsLogits = false
  /// The spoilt inputs of the test samples whose logits are kept too; swapped ones need no forward pass.
  public var spoilt: [SpoiltInput] = []

  /// The defaults.
  public init() {}
}

/// When a run writes checkpoints, and which it keeps. One is written at its end in any case.
public struct CheckpointOptions: Sendable, Equatable {
  /// What lies between two checkpoints.
  public enum Interval: Sendable, Equatable {
    /// So many cycles, counted from the beginning of the run.
    case cycles(Int)
    /// So many epochs.
    case epochs(Int)
    /// At least so many seconds; written after the cycles that are under way then.
    case seconds(Double)
  }

  /// What lies between two checkpoints.
  public var every = Interval.seconds(300)
  /// How many are kept: the last ones.
  public var keep = 3

  /// The defaults.
  public init() {}
}

/// How a run uses its machines.
public struct ExecutionOptions: Sendable, Equatable {
  /// What becomes of a mini-batch whose loss or gradients are infinite or not a number.
  public enum NonfinitePolicy: String, Sendable, CaseIterable {
    /// The run ends, and says which it was.
    case stop
    /// It is left out, as if it had not been: nothing moves.
    case skip
  }

  /// What becomes of a run that has lost the rank of a modality.
  public enum ModalityLossPolicy: String, Sendable, CaseIterable {
    /// It ends, and is gone on with when all ranks are there.
    case stop
    /// It may be started again without the modality.
    case `continue`
  }

  /// How long a rank waits for another before the job ends, in seconds.
  public var deadlineSeconds = 300.0
  /// Threads that compute on each worker; nil: cores divided by the workers of the node.
  public var threads: Int?
  /// Who computes products of matrices, and what else their bits depend on.
  public var products = Products.standard
  /// What becomes of the run when the rank of a modality is lost.
  public var onModalityLoss = ModalityLossPolicy.stop
  /// What becomes of a mini-batch whose loss or gradients are not finite.
  public var onNonfinite = NonfinitePolicy.stop
  /// Whether features of single samples may leave the ranks of their modality.
  public var featuresMayCross = false
  /// The cycles from one whose turns are measured to the next: what they do to each other through the shared
  /// head; 0: none are.
  public var telemetryEvery = 10
  /// Whether each measured turn is written to a file of its own.
  public var recordsTurns = false
  /// Whether the run leaves event files for TensorBoard.
  public var writesTensorBoard = false

  /// The defaults.
  public init() {}
}
