import Storage

/// What `evaluation.json` has: which class was taken for which, how far probabilities could be believed, what
/// fusion made of the modalities.
struct EvaluationRecord: Sendable {
  /// One way to predict.
  struct Predictor: Sendable {
    /// A fusion, or a modality.
    let name: String
    /// Whether it is a fusion.
    let isFused: Bool
    /// How often which class was predicted for samples of which class; -1: none.
    let confusion: [(label: Int, prediction: Int, count: Int)]
    /// Bins of equal width of the probability of what was predicted.
    let bins: [Bin]

    /// The expected calibration error; nil: nothing was predicted.
    var expectedError: Double? {
      let count = bins.reduce(0) { $0 + $1.count }
      guard count > 0 else { return nil }
      return bins.reduce(0) { $0 + abs($1.right - $1.confidence) } / count
    }
  }

  /// The predictions whose probability is within some bounds.
  struct Bin: Sendable {
    /// How many there are.
    let count: Double
    /// The sum of their probabilities.
    let confidence: Double
    /// How many of them are right.
    let right: Double
  }

  /// The weights that a modality had in the fusion.
  struct Weights: Sendable {
    /// The modality.
    let name: String
    /// The weight that half of its samples are below.
    let median: Double?
    /// The bounds of the counts.
    let range: ClosedRange<Double>
    /// How often weights were in each of the parts of equal width.
    let counts: [Double]
  }

  /// The split that was evaluated.
  let split: String?
  /// The modalities, in the order of the configuration.
  let modalities: [String]
  /// The fusion first, then each modality.
  let predictors: [Predictor]
  /// A row a modality; none for methods that predict in a way of their own.
  let weights: [Weights]
  /// How many samples have which modalities, the most frequent first.
  let presence: [(modalities: [String], count: Int)]

  /// The fusion.
  var fused: Predictor? { predictors.first(where: \.isFused) }

  /// The record of a document.
  init(_ value: JSONValue) {
    split = value["split"]?.text
    modalities = (value["modalities"]?.elements ?? []).compactMap(\.text)
    predictors = (value["predictors"]?.elements ?? []).compactMap(Self.predictor)
    weights = (value["weights"]?.elements ?? []).compactMap(Self.weights)
    presence = (value["presence"]?.elements ?? []).compactMap { row in
      guard let count = row["samples"]?.count else { return nil }
      return ((row["modalities"]?.elements ?? []).compactMap(\.text), count)
    }
  }

  private static func predictor(_ value: JSONValue) -> Predictor? {
    guard let name = value["name"]?.text else { return nil }
    let isFused = if case .flag(true) = value["is_fused"] { true } else { false }
    let pairs = (value["confusion"]?.elements ?? []).compactMap {
      pair -> (label: Int, prediction: Int, count: Int)? in
      guard let three = pair.elements, three.count == 3, let label = three[0].count,
        let prediction = three[1].quantity.flatMap({ Int(exactly: $0) }), prediction >= -1,
        let count = three[2].count
      else { return nil }
      return (label, prediction, count)
    }
    func numbers(_ key: String) -> [Double] {
      (value["bins"]?[key]?.elements ?? []).map { $0.quantity ?? 0 }
    }
    let (counts, confidences, right) = (numbers("count"), numbers("confidence"), numbers("right"))
    let bins = zip(counts, zip(confidences, right)).map {
      Bin(count: $0, confidence: $1.0, right: $1.1)
    }
    return Predictor(name: name, isFused: isFused, confusion: pairs, bins: bins)
  }

  private static func weights(_ value: JSONValue) -> Weights? {
    guard let name = value["name"]?.text, let low = value["from"]?.quantity,
      let high = value["to"]?.quantity, low < high
    else { return nil }
    return Weights(
      name: name, median: value["median"]?.quantity, range: low...high,
      counts: (value["counts"]?.elements ?? []).map { $0.quantity ?? 0 })
  }
}
