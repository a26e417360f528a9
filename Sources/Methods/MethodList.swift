/// The methods that a configuration can name.
public enum MethodList {
  /// All of them, in the order of the reference.
  public static let all: [any TrainingMethod.Type] = [
    AlternatingAdaptation.self,
    SeparateTraining.self,
    JointConcatenation.self,
    JointSummation.self,
    AlignedFusion.self,
    AdaptiveModulation.self,
    GradientModulation.self,
    QualityAwareFusion.self,
    UniformLosses.self,
    ParetoLosses.self,
    PrototypeRebalance.self,
    Relearning.self,
    GradientBlending.self,
    ReconBoost.self,
    FilmTraining.self,
    GatedTraining.self,
  ]
}
