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
  func traffic(classCount: Int, featureCount: Int, sampleCount: Int) -> Traffic
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

  /// `joint`, or the names of the modalities.
  public func lossNames(of modalities: [String]) -> [String] {
    hasOneLoss ? ["joint"] : modalities
  }
}

/// One hyper-parameter of a method.
public struct MethodOption<Method>: Sendable {
  /// Where the value is, and which values there are.
  public enum Value: Sendable {
    /// A number of a range.
    case number(any WritableKeyPath<Method, Double> & Sendable, ClosedRange<Double>)
    /// A whole number of a range.
    case whole(any WritableKeyPath<Method, Int> & Sendable, ClosedRange<Int>)
    /// Yes or no.
    case toggle(any WritableKeyPath<Method, Bool> & Sendable)
  }

  /// The key in the configuration.
  public let key: String
  /// Where the value is, and which values there are.
  public let value: Value
  /// What it means, for the reference.
  public let meaning: String

  /// An option.
  public init(_ key: String, _ value: Value, _ meaning: String) {
    self.key = key
    self.value = value
    self.meaning = meaning
  }
}
