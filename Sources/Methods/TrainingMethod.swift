import Exchange

/// A way to train several modalities: what its two sides have in common.
///
/// A method is a file in this room: its name, its options, what its sides say to each other in a
/// mini-batch, what its losses are called, how its model predicts. What the sides do is in folders of
/// one name in the rooms Worker and Coordinator, and `MethodList` has a line for each method.
public protocol TrainingMethod: Sendable, Equatable {
  /// What configurations, tables and files call it.
  static var kind: String { get }
  /// What it does, for the reference of the configuration.
  static var meaning: String { get }
  /// Its hyper-parameters, which stand beside `kind` in the configuration.
  static var options: [MethodOption<Self>] { get }
  /// The messages of its mini-batches; codes from 100 on, each method for itself.
  static var messageKinds: [MessageKind] { get }

  /// The method with the default of every option.
  init()

  /// Who holds the heads.
  var headPlace: HeadPlace { get }
  /// Whether one loss moves all modalities at once, so that each mini-batch needs the same samples of
  /// all of them.
  var hasOneLoss: Bool { get }
  /// Whether the coordinator takes part in every mini-batch; else workers may be ahead of it.
  var isConducted: Bool { get }
  /// What the losses of an epoch are called: one for all, or one a modality.
  func lossNames(of modalities: [String]) -> [String]
  /// What crosses between coordinator and worker for one mini-batch of a modality.
  ///
  /// - Parameter sampleCount: the samples of the mini-batch.
  func traffic(
    modalityCount: Int, classCount: Int, featureCount: Int, sampleCount: Int
  ) -> Traffic
  /// What each modality sends of a sample: logits, unless the model's own prediction is made of something else.
  func sentValues(modalityCount: Int, featureCount: Int) -> [SentValues]
  /// The heads of a modality that an evaluation uses: by the first it is judged alone; a second has the
  /// logits that the model's own prediction is made of.
  var evaluatedHeadCount: Int { get }
  /// What it asks of modalities beyond what every method does.
  var demands: MethodDemands { get }
  /// What of its options does not fit so many modalities; nil: all do.
  func misfit(modalityCount: Int) -> OptionMisfit?
  /// What its sides tell of their decisions in a mini-batch.
  func notes(modalityCount: Int) -> MethodNotes
  /// What is to be said of a run of so many epochs before it begins; nil: nothing.
  ///
  /// - Parameter order: the places of the modalities in the order in which they are served.
  func remark(modalities: [String], order: [Int], epochs: Int) -> String?
}

/// What a method asks of modalities beyond what every method does. What cannot be done is refused when the
/// configuration is read.
public struct MethodDemands: Sendable, Equatable {
  /// It looks at all gradients of an encoder before the first value moves.
  public var wantsWholeGradients = false
  /// It changes gradients between backward pass and step, so that ranks cannot share a modality.
  public var changesGradients = false
  /// It changes weights beside the steps, so that ranks cannot share a modality.
  public var changesWeights = false
  /// It drops what optimizers remember, so that ranks cannot share a modality.
  public var dropsVelocities = false
  /// An input of zeros rides along with each mini-batch, as one more sample.
  public var ridesZero = false
  /// All samples have all modalities.
  public var wantsCompleteData = false
  /// There is a validation split.
  public var wantsValidation = false
  /// Features of single training samples, or projections of them, go to the coordinator.
  public var sendsFeatures = false

  /// Nothing.
  public init() {}
}

/// What the sides of a method tell of their decisions in a mini-batch: results have the means of an epoch.
public struct MethodNotes: Sendable, Equatable {
  /// What the coordinator tells; as many numbers as there are modalities are one of each.
  public var coordinator: [NoteShape]
  /// What each worker tells of its modality.
  public var worker: [NoteShape]

  /// Notes of these shapes.
  public init(coordinator: [NoteShape] = [], worker: [NoteShape] = []) {
    (self.coordinator, self.worker) = (coordinator, worker)
  }
}

/// Who holds the heads of a method.
public enum HeadPlace: Sendable {
  /// The coordinator holds one head for all modalities.
  case coordinator
  /// Each worker holds its own, or its slice of one.
  case worker
}

/// Bytes that a mini-batch of one modality sends.
public struct Traffic: Sendable, Equatable {
  /// From the coordinator to the worker.
  public var down: Int
  /// From the worker to the coordinator.
  public var up: Int

  /// So many bytes.
  public init(down: Int, up: Int) {
    self.down = down
    self.up = up
  }
}

extension TrainingMethod {
  /// None.
  public static var options: [MethodOption<Self>] { [] }
  /// It has not: each modality has a loss of its own.
  public var hasOneLoss: Bool { false }
  /// It does.
  public var isConducted: Bool { true }
  /// One.
  public var evaluatedHeadCount: Int { 1 }
  /// None.
  public var demands: MethodDemands { MethodDemands() }
  /// Logits.
  public func sentValues(modalityCount: Int, featureCount: Int) -> [SentValues] {
    [SentValues](repeating: .logits, count: modalityCount)
  }
  /// Nothing.
  public func misfit(modalityCount: Int) -> OptionMisfit? { nil }
  /// Nothing.
  public func notes(modalityCount: Int) -> MethodNotes { MethodNotes() }
  /// Nothing.
  public func remark(modalities: [String], order: [Int], epochs: Int) -> String? { nil }

  /// `joint`, or the names of the modalities.
  public func lossNames(of modalities: [String]) -> [String] {
    hasOneLoss ? ["joint"] : modalities
  }
}
