import Configuration
import Exchange
import Storage
import Tensors

/// What a run's observer hears: everything that ends up on the screen or in files.
///
/// All of it is told by the coordinator's thread, at moments when no rank waits for the answer.
public protocol RunObserver: AnyObject {
  /// A worker has been reading its data for so long. Told every few milliseconds.
  func waitsForData(of modality: String, seconds: Double)
  /// All workers stand; training begins.
  func began(_ facts: RunFacts) throws
  /// A turn (or, in joint training, a mini-batch) is over.
  func progressed(_ progress: RunProgress) throws
  /// A turn was measured; only where `execution.telemetry_turns` asks for it.
  func measured(_ turn: TurnInterference) throws
  /// An epoch is over, and evaluated if it was its time.
  func epochEnded(_ record: EpochRecord) throws
  /// A checkpoint stands, and is named as the run's model.
  func saved(_ weights: SavedWeights)
  /// A checkpoint could not be written; what was saved before still stands.
  func saveFailed(_ position: RunPosition, isLast: Bool, problems: [String])
}

extension RunObserver {
  /// Nothing, unless an observer shows it.
  public func waitsForData(of modality: String, seconds: Double) {}
  /// Nothing, unless an observer writes it.
  public func measured(_ turn: TurnInterference) throws {}
}

/// What is known of a run when it begins.
public struct RunFacts: Sendable {
  /// One modality's side.
  public struct Modality: Sendable {
    /// Its name in the configuration.
    public let name: String
    /// The ranks that train it.
    public let ranks: Range<Int>
    /// The hosts of these ranks, each once.
    public let hosts: [String]
    /// The axes of one sample as the encoder sees it.
    public let sampleShape: [Int]
    /// The number of weights that training moves.
    public let parameterCount: Int
    /// Training samples that have the modality.
    public let trainCount: Int
    /// Validation samples that have it.
    public let validationCount: Int
    /// Test samples that have it.
    public let testCount: Int
  }

  /// The modalities, in the order of the configuration.
  public let modalities: [Modality]
  /// Training samples of the union of all modalities.
  public let trainCount: Int
  /// Validation samples of the union.
  public let validationCount: Int
  /// Test samples of the union.
  public let testCount: Int
  /// The number of cycles in an epoch: in each, every modality has a turn.
  public let cyclesPerEpoch: Int
  /// Who has what.
  public let rosters: Rosters
  /// What is odd about the data though they can be trained on, a sentence each.
  public let warnings: [String]
  /// Files that are listed and left out, each with its modality.
  public let leftOut: [(modality: String, file: LeftOutFile)]
  /// What people want to know of the modalities, a sentence each.
  public internal(set) var notes: [String]
}

/// How far a run is.
public struct RunProgress: Sendable {
  /// The epoch, from 0.
  public let epoch: Int
  /// Cycles finished in this epoch.
  public let cycle: Int
  /// The number of cycles in an epoch.
  public let cyclesPerEpoch: Int
  /// The modality just trained; nil: all together.
  public let modality: Int?
  /// What was trained in the turn.
  public let totals: TrainingTotals
}

/// What one epoch amounted to.
public struct EpochRecord: Sendable {
  /// The epoch, from 0; the number of epochs where a saved model is only evaluated.
  public let epoch: Int
  /// What each modality trained, by name; `joint` where there is one loss.
  public let training: [(name: String, totals: TrainingTotals)]
  /// The shared head; nil for methods that have none.
  public let head: HeadState?
  /// The order in which the modalities had their turns; nil for methods without a shared head.
  public let order: [Int]?
  /// The evaluation; nil if it was not its time.
  public let evaluation: Evaluation?
  /// The learning rate of each modality at the epoch's last mini-batch, by its schedule.
  public let learningRates: [Double]
  /// The same of the head, or of what the coordinator trains in its place.
  public let headLearningRate: Double
  /// Seconds of training, without evaluation.
  public let seconds: Double
  /// Seconds each worker has spent waiting in this epoch, by modality.
  public let waitedSeconds: [Double]
  /// Seconds each worker's training has waited for samples to be loaded in this epoch, by modality.
  public let dataWaitSeconds: [Double]
  /// The mini-batches that each modality has left out since the run began.
  public let skippedCounts: [Int]
  /// What the method decided, on the average of the epoch's mini-batches.
  public var notes = Notes()

  /// What a method decided.
  public struct Notes: Sendable {
    /// What the coordinator tells.
    public var coordinator: [MethodNote] = []
    /// What each worker tells, by modality.
    public var workers: [[MethodNote]] = []
  }
}

/// The shared head at an epoch's end.
public struct HeadState: Sendable, Equatable {
  /// The median over the epoch's turns of `|G'| / |G|`: how much of the gradient is let through.
  public let gradientRatio: Double?
  /// `||W||`, Frobenius.
  public let weightNorm: Double
  /// `||P||`, Frobenius, of each projector.
  public let projectorNorms: [Double]
  /// Absorptions skipped since the run began.
  public let skippedAbsorptions: Int
  /// What turns did to each other through the head; nil: that was not measured.
  public let interference: HeadInterference?
}

/// A complete set of weights on disk.
public struct SavedWeights: Sendable {
  /// How much of the run is in them.
  public let position: RunPosition
  /// The folder below the run's.
  public let folder: String
  /// What is known of each modality, in the order of the configuration.
  public let modalities: [SavedModality]
  /// The samples of the run's validation split.
  public let validationCount: Int
}

/// What a finished run amounted to.
public struct RunResult: Sendable {
  /// One rank's part.
  public struct Rank: Sendable {
    /// `coordinator`, or the name of the modality.
    public let role: String
    /// The host it ran on.
    public let host: String
    /// What it computed with.
    public let arithmetic: Arithmetic
    /// The largest resident memory of its process, in bytes.
    public let peakMemoryByteCount: Int
    /// The mini-batches left out, because numbers in them were not finite.
    public let skippedCount: Int
    /// What waiting for other ranks cost it.
    public let waiting: WaitingRecord
    /// Where the time of its training went; nil for the coordinator, which trains no encoder.
    public let phases: PhaseTimes?
  }

  /// Which model the run ended with.
  public struct Kept: Sendable {
    /// How it was chosen.
    public let options: SelectionOptions
    /// The number of epochs that it was trained for.
    public let epoch: Int
    /// What it was chosen by, on the validation split after that epoch; nil: it is the last.
    public let value: Double?
    /// The number of epochs that the run trained.
    public let trainedEpochs: Int
    /// Whether the run ended before its last epoch.
    public let stoppedEarly: Bool
  }

  /// The evaluation of the final weights; nil if there was no split for it.
  public let evaluation: Evaluation?
  /// The same on the validation split, where `evaluation` is on the test split and both are there.
  public internal(set) var validation: Evaluation?
  /// Which model they are; nil: a saved one.
  public internal(set) var kept: Kept?
  /// The pool that predictions were fused by, fitted to the validation samples; nil: none.
  public let fusion: FittedFusion?
  /// Seconds of training, evaluation and saving included.
  public let seconds: Double
  /// Cycles a second while training.
  public let cyclesPerSecond: Double
  /// SHA-256 over all final weights: equal exactly when they are.
  public let weightsDigest: String
  /// What every rank did, the coordinator first.
  public let ranks: [Rank]
  /// The ids of the evaluated split, in the order of the evaluation.
  public let ids: [String]
  /// What the final model says of every sample, where that is kept.
  public internal(set) var logits: KeptLogits?
}
