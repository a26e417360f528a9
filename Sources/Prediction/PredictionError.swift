import Storage

/// What can be wrong with what a model is asked.
public enum PredictionError: Error, Equatable, CustomStringConvertible {
  /// The model has no modality of that name.
  case unknownModality(String, known: [String])
  /// A modality's samples are named twice.
  case namedTwice(String)
  /// An option for a kind of data fits no modality, or several.
  case noOneModality(option: String, kind: String, modalities: [String])
  /// No modality has samples.
  case nothingGiven(known: [String])
  /// One sample is named, and many.
  case oneAndMany
  /// Ids are given for a modality that has no samples.
  case idsWithoutSamples(String)

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .unknownModality(let name, let known):
      "the model has no modality '\(name.legible())'"
        + (nearestName(to: name, among: known).map { "; did you mean '\($0)'?" }
          ?? "; its modalities are \(known.listed)")
    case .namedTwice(let name):
      "the samples of modality \(name) are named twice; name them once"
    case .noOneModality(let option, let kind, let modalities):
      modalities.isEmpty
        ? "\(option) is for a modality of kind \(kind), and the model has none; name the modality: --input NAME=VALUE"
        : "\(option) fits modalities \(modalities.listed); name the one: --input NAME=VALUE"
    case .nothingGiven(let known):
      "no samples are given: name those of one modality or more (\(known.listed)) with --data NAME=PATH, or one sample with --input NAME=VALUE"
    case .oneAndMany:
      "one sample is named (--input, --audio, --image, --video, --text), and many (--data); use one or the other"
    case .idsWithoutSamples(let name):
      "ids are given for modality \(name), but no samples; name them with --data \(name)=PATH"
    }
  }
}
