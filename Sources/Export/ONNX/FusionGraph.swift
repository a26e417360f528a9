import MLA
import Schemas
import Tensors

/// The graph of a model's prediction: the logits of all modalities to the probabilities of the classes. In
/// float64, as here.
///
/// Inputs are, of each modality, `NAME.logits [n, K]`, `NAME.present [n]`, and `NAME.features [n, D]` where the
/// prediction asks for them. Encoders are graphs of their own: each may run where its data lie, and need not run
/// for samples that lack its modality.
struct FusionGraph {
  private let model: SavedModel
  private(set) var builder = GraphBuilder("fusion")
  /// The inputs' names.
  private(set) var inputs: [String] = []
  private var modalityCount: Int { model.modalities.count }
  private var classCount: Int { model.configuration.classes.count }

  /// The graph of a model.
  init(_ model: SavedModel) {
    self.model = model
    var (columns, presences) = ([String](), [String]())
    for modality in model.modalities {
      let logits = input("\(modality.name).logits", .float, [-1, classCount])
      columns.append(builder.unsqueeze(cast(logits, .double), axis: 1))
      let present = input("\(modality.name).present", .bool, [-1])
      presences.append(builder.unsqueeze(present, axis: 1))
    }
    let there = builder.add("Concat", presences, [("axis", .integer(1))])
    let all = builder.add("Concat", columns, [("axis", .integer(1))])
    let (cell, zero) = (builder.unsqueeze(there, axis: 2), builder.doubles([0]))
    let z = builder.add("Where", [cell, all, zero])
    let (scores, weights, areProbabilities) = predicted(z, there, cell)
    let probabilities =
      areProbabilities ? scores : builder.add("Softmax", [scores], [("axis", .integer(1))])
    let best = builder.add(
      "ArgMax", [scores], [("axis", .integer(1)), ("keepdims", .integer(0))])
    let counted = cast(builder.largest(builder.add("Abs", [weights]), axis: 1), .bool)
    let flag = builder.reshape(counted, [-1])
    let none = builder.integers([-1], isScalar: true)
    let prediction = builder.add("Where", [flag, best, none])
    builder.output("probabilities", probabilities, .double, [-1, classCount])
    builder.output("prediction", prediction, .int64, [-1])
    builder.output("weights", weights, .double, [-1, modalityCount])
  }

  private mutating func input(
    _ name: String, _ type: Onnx_TensorProto.DataType, _ axes: [Int]
  ) -> String {
    inputs.append(name)
    return builder.input(name, type, axes)
  }

  private mutating func cast(_ x: String, _ type: Onnx_TensorProto.DataType) -> String {
    builder.add("Cast", [x], [("to", .integer(type.rawValue))])
  }

  /// Scores `[n, K]` and weights `[n, M]`, and whether scores are probabilities already.
  private mutating func predicted(_ z: String, _ there: String, _ cell: String) -> (
    scores: String, weights: String, areProbabilities: Bool
  ) {
    let present = cast(there, .double)
    switch model.prediction {
    case .fusion(let kind, let fixed):
      let weights = weights(of: kind, fixed, z, there, present)
      let shares =
        kind.fusesProbabilities ? builder.add("Softmax", [z], [("axis", .integer(2))]) : z
      return (weighted(shares, weights), weights, kind.fusesProbabilities)
    case .energy(let divisor):
      let weights = energy(z, present, divisor: divisor)
      return (weighted(z, weights), weights, false)
    case .sum(let share):
      let absent = builder.doubles(share.map(Double.init), [classCount])
      let added = builder.add("Where", [cell, z, absent])
      return (builder.sum(added, axis: 1), present, false)
    case .pool(let pool):
      let (scores, weights) = pooled(pool, z, present, cell)
      return (builder.add("Exp", [scores]), weights, true)
    }
  }

  /// The sum over the modalities of `[n, M, K]` times `[n, M]`.
  private mutating func weighted(_ x: String, _ weights: String) -> String {
    let columns = builder.unsqueeze(weights, axis: 2)
    return builder.sum(builder.add("Mul", [x, columns]), axis: 1)
  }

  // MARK: - Weights

  private mutating func weights(
    of kind: FusionKind, _ fixed: [Double], _ z: String, _ there: String, _ present: String
  ) -> String {
    let raw: String
    switch kind {
    case .energy: return energy(z, present, divisor: 10)
    case .fixedLogits, .fixedProbabilities:
      let weights = builder.doubles(fixed, [fixed.count])
      raw = builder.add("Mul", [present, weights])
    case .entropyLogits, .entropyProbabilities: raw = certainty(z, there)
    default: raw = present
    }
    let total = builder.sum(raw, axis: 1, keeps: true)
    let least = builder.doubles([1e-300])
    let divisor = builder.add("Max", [total, least])
    return builder.add("Div", [raw, divisor])
  }

  private mutating func energy(_ z: String, _ present: String, divisor: Double) -> String {
    let logSum = uncertainty(z).logSum
    let scale = builder.doubles([divisor])
    let energy = builder.add("Div", [logSum, scale])
    return builder.add("Mul", [present, energy])
  }

  /// `exp(e_max - e)`, with the largest entropy of those that are there.
  private mutating func certainty(_ z: String, _ there: String) -> String {
    let entropy = uncertainty(z).entropy
    let (low, zero) = (builder.doubles([-1]), builder.doubles([0]))
    // No entropy is below 0.
    let top = builder.largest(builder.add("Where", [there, entropy, low]), axis: 1)
    let distance = builder.add("Sub", [top, entropy])
    let certain = builder.add("Exp", [distance])
    return builder.add("Where", [there, certain, zero])
  }

  /// The log of the sum of exponentials of `[n, M, K]`, and the entropy of the softmax, `[n, M]`.
  private mutating func uncertainty(_ z: String) -> (logSum: String, entropy: String) {
    let largest = builder.largest(z, axis: 2)
    let distances = builder.add("Sub", [z, largest])
    let powers = builder.add("Exp", [distances])
    let sum = builder.sum(powers, axis: 2)
    let log = builder.add("Log", [sum])
    let weighted = builder.sum(builder.add("Mul", [powers, distances]), axis: 2)
    let mean = builder.add("Div", [weighted, sum])
    let entropy = builder.add("Sub", [log, mean])
    let level = builder.sum(largest, axis: 2)
    return (builder.add("Add", [level, log]), entropy)
  }

  // MARK: - The pool

  private mutating func pooled(
    _ pool: RobustPool, _ z: String, _ present: String, _ cell: String
  ) -> (scores: String, weights: String) {
    let scale = builder.doubles(pool.weights, [modalityCount, 1])
    let own = builder.add(
      "LogSoftmax", [builder.add("Mul", [z, scale])], [("axis", .integer(2))])
    let prior = builder.doubles(pool.prior.map(Elementary.logarithm), [classCount])
    let zero = builder.doubles([0])
    let logSound = builder.doubles([Elementary.logarithm(1 - pool.spoilt)])
    let sound = builder.add("Sub", [builder.add("Add", [own, logSound]), prior])
    let spoilt = spoiltness(pool, z)
    let gap = builder.add("Sub", [sound, spoilt])
    // log(exp(a) + exp(b)) is the larger plus log(1 + exp(-|a - b|)).
    let larger = builder.add("Max", [sound, spoilt])
    let small = builder.add("Exp", [builder.add("Neg", [builder.add("Abs", [gap])])])
    let one = builder.doubles([1])
    let rest = builder.add("Log", [builder.add("Add", [small, one])])
    let votes = builder.add("Add", [larger, rest])
    let counted = builder.sum(builder.add("Where", [cell, votes, zero]), axis: 1)
    let pooled = builder.add(
      "LogSoftmax", [builder.add("Add", [counted, prior])], [("axis", .integer(1))])
    // A modality by itself keeps its own prediction, without doubt.
    let alone = builder.add("Equal", [builder.sum(present, axis: 1, keeps: true), one])
    let lone = builder.sum(builder.add("Where", [cell, own, zero]), axis: 1)
    let scores = builder.add("Where", [alone, lone, pooled])
    let sure = soundness(gap, scores, alone)
    let weights = builder.doubles(pool.weights, [modalityCount])
    return (scores, builder.add("Mul", [builder.add("Mul", [present, sure]), weights]))
  }

  /// The probability that each modality is sound, given the class with the highest score, `[n, M]`.
  private mutating func soundness(_ gap: String, _ scores: String, _ alone: String) -> String {
    let all = builder.add("Sigmoid", [gap])
    let best = builder.add("ArgMax", [scores], [("axis", .integer(1)), ("keepdims", .integer(0))])
    // OneHot of float64 is nothing that onnxruntime has.
    let labels = builder.integers(Array(0..<classCount))
    let picked = cast(builder.add("Equal", [builder.unsqueeze(best, axis: 1), labels]), .double)
    let chosen = builder.unsqueeze(picked, axis: 1)
    let sure = builder.sum(builder.add("Mul", [all, chosen]), axis: 2)
    let one = builder.doubles([1])
    return builder.add("Where", [alone, one, sure])
  }

  /// `log(eps L)`, `[n, M, 1]`, or one number where no modality has a detector.
  private mutating func spoiltness(_ pool: RobustPool, _ z: String) -> String {
    let logSpoilt = builder.doubles([Elementary.logarithm(pool.spoilt)])
    guard model.prediction.asksFeatures else { return logSpoilt }
    let (logSum, entropy) = uncertainty(z)
    let full = builder.doubles([Elementary.logarithm(Double(classCount))])
    let relative = builder.add("Div", [entropy, full])
    var ratios: [String] = []
    for (place, (modality, detector)) in zip(model.modalities, pool.detectors).enumerated() {
      let features = input(
        "\(modality.name).features", .float, [-1, model.configuration.features])
      let numbers = [
        builder.slice(relative, axis: 1, place, place + 1),
        builder.slice(logSum, axis: 1, place, place + 1), logNorm(features),
      ]
      ratios.append(ratio(detector, builder.add("Concat", numbers, [("axis", .integer(1))])))
    }
    let all = builder.add("Concat", ratios, [("axis", .integer(1))])
    return builder.add("Add", [builder.unsqueeze(all, axis: 2), logSpoilt])
  }

  /// The log of the length of features, `[n, 1]`, beside a thousandth.
  private mutating func logNorm(_ features: String) -> String {
    let wide = cast(features, .double)
    let square = builder.sum(builder.add("Mul", [wide, wide]), axis: 1, keeps: true)
    let least = builder.doubles([1e-3])
    return builder.add("Log", [builder.add("Add", [builder.add("Sqrt", [square]), least])])
  }

  /// What a detector makes of three numbers `[n, 3]`: `[n, 1]`.
  private mutating func ratio(_ detector: SpoiltDetector?, _ numbers: String) -> String {
    let means = builder.doubles(detector?.means ?? [0, 0, 0], [3])
    let deviations = builder.doubles(detector?.deviations ?? [1, 1, 1], [3])
    let slopes = builder.doubles(Array((detector?.coefficients ?? [0, 0, 0]).prefix(3)), [3])
    let constant = builder.doubles([detector?.coefficients[3] ?? 0])
    let (low, high) = (builder.doubles([-6]), builder.doubles([6]))
    let centred = builder.add("Sub", [numbers, means])
    let standard = builder.add("Clip", [builder.add("Div", [centred, deviations]), low, high])
    let sum = builder.sum(builder.add("Mul", [standard, slopes]), axis: 1, keeps: true)
    let score = builder.add("Add", [sum, constant])
    let (zero, most) = (builder.doubles([0]), builder.doubles([Elementary.logarithm(100)]))
    return builder.add("Clip", [score, zero, most])
  }
}
