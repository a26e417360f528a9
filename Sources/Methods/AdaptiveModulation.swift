import Exchange
import MLA
import Tensors

/// AGM (Li et al., ICCV 2023): joint training in which each modality's gradient is scaled by how far its own
/// response is ahead of the others', compared with how far it has been so far.
///
/// With a linear fusion, and an absent modality that is a feature of zeros, the Shapley value of a modality's
/// logits is its slice's logits with its share of the bias: what 2^M masked forward passes are for follows
/// from the logits that cross anyway.
public struct AdaptiveModulation: JointTraining {
  /// What stands for a modality that is masked.
  public enum Padding: String, Sendable, CaseIterable {
    /// A feature of zeros.
    case feature
    /// An input of zeros, as in the authors' code.
    case input
  }

  /// What configurations, tables and files call it.
  public static let kind = "agm"
  /// What it does, for the reference.
  public static let meaning =
    "AGM: joint training that slows the modality that is ahead, by its running mean."
  /// Its hyper-parameters.
  public static let options = [
    MethodOption<Self>(
      "alpha", .number(\.alpha, 0...100),
      "how strongly the gradients are scaled: 0 is plain joint training"
    ),
    MethodOption<Self>(
      "padding", .choice(\.padding),
      "what stands for a masked modality: `feature`, zeros behind the encoder, or `input`, zeros before it,"
        + " as in the authors' code, which is one more sample a mini-batch and needs complete data"),
    MethodOption<Self>(
      "clip", .number(\.clip, 0...1_000_000), "the largest exponent, before alpha"),
    MethodOption<Self>(
      "first_epoch", .whole(\.firstEpoch, 0...1_000_000_000),
      "the first epoch that is modulated, from 0"),
    MethodOption<Self>(
      "last_epoch", .whole(\.lastEpoch, 0...1_000_000_000), "the last epoch that is modulated"),
  ]

  /// How strongly the gradients are scaled.
  public var alpha = 0.2
  /// What stands for a masked modality.
  public var padding = Padding.feature
  /// The largest exponent.
  public var clip = 10.0
  /// The first epoch that is modulated.
  public var firstEpoch = 0
  /// The last one.
  public var lastEpoch = 1_000_000_000
  /// Slices of one head.
  public let heads = JointHeads.slices

  /// The method with the default of every option.
  public init() {}

  /// Inputs of zeros, which compare complete samples.
  public var demands: MethodDemands {
    var demands = MethodDemands()
    demands.ridesZero = padding == .input
    demands.wantsCompleteData = padding == .input
    return demands
  }

  /// Each modality's mean loss alone, and its coefficient.
  public func notes(modalityCount: Int) -> MethodNotes {
    MethodNotes(coordinator: [
      NoteShape("score", modalityCount), NoteShape("coefficient", modalityCount),
    ])
  }
}

/// How a model predicts whose modalities are judged by what they add to an input of zeros: the sum of logits
/// and the bias, as any concatenation.
public struct PaddedPrediction: ModelPrediction {
  /// What tables call it.
  public let name = "joint"
  private let commonBias: [Float]
  /// What makes each modality's logits its response, `[M][K]`.
  private let shares: [[Float]]

  /// The prediction of a model with this common bias, `[K]`.
  ///
  /// - Parameter zeros: each modality's logits of an input of zeros, `[M][K]`.
  public init(commonBias: [Float], zeros: [[Float]]) {
    self.commonBias = commonBias
    let count = Double(zeros.count)
    shares = zeros.indices.map { modality in
      commonBias.indices.map { label in
        let all = zeros.reduce(0) { $0 + Double($1[label]) }
        // -(1 - 1/M) of its own, 1/M of the others'.
        return Float((all + Double(commonBias[label])) / count - Double(zeros[modality][label]))
      }
    }
  }

  /// What makes a modality's logits its response.
  public func share(of modality: Int) -> [Float]? { shares[modality] }

  /// The sum of the logits present, and the bias.
  public func fuse(
    _ modalities: [ModalityLogits], keepsScores: Bool, labels: [Int]?
  ) -> FusionResult {
    let own = zip(modalities, shares).map { modality, share in
      var logits = modality.logits
      for place in logits.indices { logits[place] -= share[place % share.count] }
      return ModalityLogits(
        logits: logits, present: modality.present, classCount: modality.classCount)
    }
    return JointPrediction(absentAddNothing: commonBias).fuse(
      own, keepsScores: keepsScores, labels: labels)
  }
}
