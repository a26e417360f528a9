import Methods

/// A method that is measured, and what it is measured against.
struct MeasuredMethod {
  let name: String
  let choice: MethodChoice
  /// The largest ratio that is promised; nil: none is.
  let bar: Double?

  private init(_ method: any TrainingMethod, _ options: String? = nil) {
    let kind = type(of: method).kind
    name = options.map { "\(kind), \($0)" } ?? kind
    choice = MethodChoice(method)
    bar = Self.bars[kind]
  }

  private static let bars = [
    "ogm": 1.1, "qmf": 1.1, "agm": 1.1, "lfm": 1.1, "pmr": 1.1, "mmpareto": 2.1,
  ]

  /// The name of the method whose cycle is 1.
  var reference: String {
    [AlternatingAdaptation.kind, SeparateTraining.kind].contains(choice.kind)
      ? SeparateTraining.kind : JointConcatenation.kind
  }

  /// Every method that there is with its defaults, and some options that cost something; references first.
  static let all: [MeasuredMethod] = {
    let methods = MethodList.all.flatMap { type in variants(of: type.init()) }
    return methods.filter { $0.name == $0.reference }
      + methods.filter { $0.name != $0.reference }
  }()

  private static func variants(of method: any TrainingMethod) -> [MeasuredMethod] {
    switch method {
    case var blending as GradientBlending:
      // Weights by hand: what a cycle costs between two trials.
      blending.weights = [1, 1, 1]
      return [MeasuredMethod(blending, "without trials")]
    case var boosting as ReconBoost:
      // After one epoch alone, all train together.
      (boosting.stageEpochs, boosting.jointEpochs, boosting.allAreMembers) = (1, 1_000, true)
      return [MeasuredMethod(boosting, "joint epochs")]
    case var modulation as GradientModulation:
      modulation.hasNoise = false
      return [MeasuredMethod(method), MeasuredMethod(modulation, "without noise")]
    case var modulation as AdaptiveModulation:
      modulation.padding = .input
      return [MeasuredMethod(method), MeasuredMethod(modulation, "padding: input")]
    default: return [MeasuredMethod(method)]
    }
  }
}
