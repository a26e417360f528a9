/// Which epoch's model a run keeps, and how long it waits for a better one. It is the validation split that decides.
public struct SelectionOptions: Sendable, Equatable {
  /// The model that is kept.
  public enum Keep: String, Sendable, CaseIterable {
    /// That of the last epoch.
    case last
    /// That of the epoch that was best; of several the first.
    case best
  }

  /// What models are compared by.
  public enum Measure: String, Sendable, CaseIterable {
    /// The mean negative log-likelihood of the prediction that is named first: less is better.
    case loss
    /// Its accuracy: more is better.
    case accuracy
    /// Its macro-F1: more is better.
    case macroF1 = "macro_f1"
  }

  /// The model that is kept.
  public var keep = Keep.last
  /// What models are compared by.
  public var measure = Measure.loss
  /// The number of evaluations in a row that may be no better than the best before training ends; nil: any.
  public var patience: Int?

  /// The defaults.
  public init() {}

  /// Whether anything follows from an evaluation.
  public var isActive: Bool { keep == .best || patience != nil }
}
