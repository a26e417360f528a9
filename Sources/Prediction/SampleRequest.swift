import Configuration
import Datasets

/// What a model is asked: the samples of some of its modalities. A modality that is not named is absent.
public struct SampleRequest: Sendable, Equatable {
  /// The samples of each modality that has any, by name.
  public private(set) var inputs: [String: UnlabelledInput] = [:]
  /// Whether samples that cannot be read are left out, each with a sentence; else the first one ends all.
  public var leavesBroken = false

  /// Nothing yet.
  public init() {}

  /// Names the samples of a modality.
  ///
  /// - Throws: `PredictionError` where they are named already.
  public mutating func add(_ input: UnlabelledInput, for modality: String) throws {
    guard inputs[modality] == nil else { throw PredictionError.namedTwice(modality) }
    inputs[modality] = input
  }

  /// Whether it is about one sample, which was named by itself.
  public var isSingle: Bool { inputs.values.contains(where: \.isSingle) }

  /// Throws `PredictionError` where a model cannot be asked this.
  func check(_ model: SavedModel) throws {
    for name in inputs.keys.sorted() { _ = try model.place(of: name) }
    guard !inputs.isEmpty else {
      throw PredictionError.nothingGiven(known: model.configuration.modalities.map(\.name))
    }
    guard !isSingle || inputs.values.allSatisfy(\.isSingle) else {
      throw PredictionError.oneAndMany
    }
  }

  /// The samples of each modality, in the order of the configuration; nil: it has none.
  func inputs(of configuration: RunConfiguration) -> [UnlabelledInput?] {
    configuration.modalities.map { inputs[$0.name] }
  }
}
