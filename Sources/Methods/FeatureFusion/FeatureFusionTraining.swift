import Exchange

/// What methods have in common whose coordinator fuses features: workers send them, or projections of them, and
/// get their gradients, in the conversation of joint training.
public protocol FeatureFusionTraining: JointTraining {
  /// How features are fused.
  ///
  /// - Parameter featureCount: the features of a modality.
  func fusion(modalityCount: Int, featureCount: Int) -> FeatureFusion
}

extension FeatureFusionTraining {
  /// Nothing common is added to what workers send.
  public var heads: JointHeads { .own }

  /// What they send are features of single samples, or nearly so.
  public var demands: MethodDemands {
    var demands = MethodDemands()
    demands.sendsFeatures = true
    return demands
  }

  /// What the fusion says.
  public func sentValues(modalityCount: Int, featureCount: Int) -> [SentValues] {
    let fusion = fusion(modalityCount: modalityCount, featureCount: featureCount)
    return (0..<modalityCount).map {
      fusion.isProjected($0) ? .projection(fusion.width(of: $0)) : .features
    }
  }
}

/// One modality says how the features of the others are scaled and shifted.
public struct FilmTraining: FeatureFusionTraining {
  /// What configurations, tables and files call it.
  public static let kind = "film"
  /// What it does, for the reference.
  public static let meaning =
    "One modality scales and shifts the features of the others, trained together; features cross."
  /// What it may be told.
  public static let options = [
    MethodOption<Self>(
      "conditioner", .whole(\.conditioner, 0...1_000),
      "the modality that scales and shifts the others: its place in the list, from 0"),
    MethodOption<Self>(
      "gamma_offset", .number(\.gammaOffset, -100...100),
      "what is added to each scale: with 1, others are as they are where the conditioner is absent; the authors' code has 0"
    ),
  ]

  /// The place of the modality that scales and shifts the others.
  public var conditioner = 0
  /// What is added to each scale.
  public var gammaOffset = 1.0

  /// The method with its defaults.
  public init() {}

  /// Scales and shifts.
  public func fusion(modalityCount: Int, featureCount: Int) -> FeatureFusion {
    FeatureFusion(
      .film, lead: conditioner, offset: gammaOffset, modalityCount: modalityCount,
      featureCount: featureCount, width: featureCount)
  }

  /// There must be a conditioner, and somebody whom it conditions.
  public func misfit(modalityCount: Int) -> OptionMisfit? {
    OptionMisfit.ofLead("conditioner", conditioner, modalityCount: modalityCount)
  }
}

/// Gates say how much of which feature counts.
public struct GatedTraining: FeatureFusionTraining {
  /// The kinds of gates.
  public enum Form: String, Sendable, CaseIterable {
    /// One modality is the gate of all others.
    case bilinear
    /// Each modality has a gate, in which all have a say.
    case gmu
  }

  /// What configurations, tables and files call it.
  public static let kind = "gated"
  /// What it does, for the reference.
  public static let meaning =
    "Gates say how much of which feature counts, trained together; projections of features cross."
  /// What it may be told.
  public static let options = [
    MethodOption<Self>(
      "form", .choice(\.form),
      "`bilinear`: one modality is the gate of the others; `gmu`: each has a gate in which all have a say"
    ),
    MethodOption<Self>(
      "gate", .whole(\.gate, 0...1_000),
      "with `bilinear`, the modality that is the gate: its place in the list, from 0"),
    MethodOption<Self>(
      "width", .whole(\.width, 0...65_536),
      "the number of fused features; 0: as many as a modality has"),
  ]

  /// The kind of gates.
  public var form = Form.bilinear
  /// The place of the modality that is the gate of the others.
  public var gate = 0
  /// The number of fused features; 0: as many as a modality has.
  public var width = 0

  /// The method with its defaults.
  public init() {}

  /// Gates.
  public func fusion(modalityCount: Int, featureCount: Int) -> FeatureFusion {
    FeatureFusion(
      form == .gmu ? .gmu : .bilinear, lead: gate, modalityCount: modalityCount,
      featureCount: featureCount, width: width == 0 ? featureCount : width)
  }

  /// With `bilinear` there must be a gate, and somebody whose gate it is.
  public func misfit(modalityCount: Int) -> OptionMisfit? {
    form == .gmu ? nil : OptionMisfit.ofLead("gate", gate, modalityCount: modalityCount)
  }
}
