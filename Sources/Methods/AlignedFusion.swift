import Exchange
import MLA
import Tensors

/// LFM (NeurIPS 2024): a head for each modality, whose logits are averaged; beside the loss of the average
/// a divergence between the modalities' predictions, the balance of both moving with the epochs.
///
/// `loss = scale (a CE(Z) + (1 - a) A)`, with Z the mean of the logits present, and A the mean over pairs of
/// modalities of the divergence of their predictions on common samples.
public struct AlignedFusion: JointTraining {
  /// How the balance a goes on.
  public enum Schedule: String, Sendable, CaseIterable {
    /// It stays where it begins.
    case constant
    /// From the first value to the second over the run.
    case linear
    /// The polynomial of the epoch in one of the authors' scripts, within 0 and 1; meant for 200 epochs.
    case fitted
  }

  /// How far two predictions p and q are from each other, with their mean mu.
  public enum Divergence: String, Sendable, CaseIterable {
    /// Jensen-Shannon: half of `KL(p|mu) + KL(q|mu)`.
    case js
    /// As the authors' code has it: half of `KL(mu|p) + KL(mu|q)`.
    case reverse
  }

  /// What configurations, tables and files call it.
  public static let kind = "lfm"
  /// What it does, for the reference.
  public static let meaning =
    "LFM: logits averaged, with a loss that draws the modalities' predictions together."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "schedule", .choice(\.schedule),
      "how the weight of the classification loss goes on: `constant`, `linear` over the run, or `fitted`, the"
        + " authors' polynomial of the epoch"),
    MethodOption<Self>(
      "classification", .numbers(\.classification, 0...1, count: 2...2),
      "that weight in the first and in the last epoch; the alignment has the rest"),
    MethodOption<Self>(
      "scale", .number(\.scale, 0...1_000), "what the whole loss is multiplied by"),
    MethodOption<Self>(
      "divergence", .choice(\.divergence),
      "what draws predictions together: `js`, Jensen-Shannon, or `reverse`, as the authors' code has it"
    ),
  ]

  /// How the balance goes on.
  public var schedule = Schedule.linear
  /// The weight of the classification loss at first and at last.
  public var classification = [0.2, 0.8]
  /// What the whole loss is multiplied by.
  public var scale = 2.0
  /// How far predictions are from each other.
  public var divergence = Divergence.js
  /// A head for each modality.
  public let heads = JointHeads.own

  /// The method with the default of every option.
  public init() {}

  /// The divergence.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(coordinator: [NoteShape("alignment"), NoteShape("balance")])
  }

  /// The weight of the classification loss in an epoch of so many.
  public func balance(epoch: Int, of epochCount: Int) -> Double {
    switch schedule {
    case .constant: return classification[0]
    case .linear:
      guard epochCount > 1 else { return classification[0] }
      let part = Double(epoch) / Double(epochCount - 1)
      return classification[0] + (classification[1] - classification[0]) * part
    case .fitted:
      let value = Self.fitted.reversed().reduce(0) { $0 * Double(epoch) + $1 }
      return min(1, max(0, value))
    }
  }

  /// The coefficients of the authors' polynomial, from the constant on.
  private static let fitted = [
    2.04623704e-01, 3.35472727e-03, 1.22989557e-04, -2.92947416e-06, 2.23835486e-08,
    -5.39717505e-11,
  ]
}

/// How a model predicts whose logits were averaged in training.
public struct MeanPrediction: ModelPrediction {
  /// What tables call it.
  public let name = "joint"

  /// The prediction.
  public init() {}

  /// The mean of the logits present.
  public func fuse(
    _ modalities: [ModalityLogits], keepsScores: Bool, labels: [Int]?
  ) -> FusionResult {
    Fusion.fuse(modalities, kind: .averageLogits, keepsScores: keepsScores, labels: labels)
  }
}
