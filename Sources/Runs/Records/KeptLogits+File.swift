import Configuration
import Coordinator
import Exchange
import MLA
import Storage
import Tensors

/// `logits.safetensors`: a tensor of `[N, K]` for each modality and split, and what belongs to them.
extension KeptLogits {
  /// The version of this file's layout.
  private static let format = "1"

  /// Writes the file, whole or not at all.
  func write(to path: String, of configuration: RunConfiguration) throws {
    func integers(_ name: String, _ values: some Sequence<Int>) -> NamedState {
      NamedState(name, values.map { Int64($0) }) { _ in }
    }
    var states = [integers("train.counts", trainCounts)]
    if let pool { states += Self.states(of: pool, configuration).named(in: "pool.") }
    for (split, kept) in splits.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let shape = Shape([kept.labels.count, classCount])
      var own = [
        integers("labels", kept.labels), NamedState("ids", kept.ids) { _ in },
        integers("groups", kept.groups),
      ]
      if let prediction = kept.own {
        own.append(NamedState("own.scores", shape, Buffer(prediction.scores)))
        let subsets = Shape([prediction.subsets.count, kept.labels.count])
        own.append(
          NamedState("own.subsets", subsets, Buffer(prediction.subsets.joined().map { Int64($0) })))
      }
      for (modality, logits) in zip(configuration.modalities, kept.modalities) {
        own.append(NamedState("\(modality.name).logits", shape, Buffer(logits.logits)))
        own.append(NamedState("\(modality.name).norms", logits.featureNorms) { _ in })
        own.append(integers("\(modality.name).present", logits.present.map { $0 ? 1 : 0 }))
      }
      states += own.named(in: "\(split.rawValue).")
    }
    try SafeTensors.write(states, metadata: ["format": Self.format], to: path)
  }

  /// Reads the logits of a run with this configuration.
  ///
  /// - Throws: `FileError` where the file is not of such a run.
  public init(path: String, of configuration: RunConfiguration) throws {
    let file = try TensorFile(path: path)
    func refusal(_ problem: String) -> FileError {
      FileError(path, "\(problem); remove the run's folder, and it is run again")
    }
    guard file.metadata["format"] == Self.format else {
      throw refusal("is not of format \(Self.format)")
    }
    let classCount = configuration.classes.count
    func integers(
      _ name: String, from low: Int64, below high: Int64, _ shape: Shape? = nil
    ) throws -> [Int] {
      let values = try file.tensor(named: name, shape: shape).integers()
      guard values.allSatisfy({ low <= $0 && $0 < high }) else {
        throw refusal("tensor \(quoted(name)) has values that are not \(low) to \(high - 1)")
      }
      return values.map { Int($0) }
    }
    var splits: [EvaluatedSplit: Split] = [:]
    for split in EvaluatedSplit.allCases where file["\(split.rawValue).labels"] != nil {
      let prefix = "\(split.rawValue)."
      let labels = try integers(prefix + "labels", from: 0, below: Int64(classCount))
      let (count, shape) = (Shape([labels.count]), Shape([labels.count, classCount]))
      splits[split] = Split(
        labels: labels,
        ids: try file.tensor(named: prefix + "ids", shape: count).integers(),
        groups: try integers(prefix + "groups", from: 0, below: .max, count),
        modalities: try configuration.modalities.map { modality in
          let name = prefix + modality.name
          return ModalityLogits(
            logits: try file.tensor(named: "\(name).logits", shape: shape).floats(),
            present: try integers("\(name).present", from: 0, below: 2, count).map { $0 == 1 },
            classCount: classCount,
            featureNorms: try file.tensor(named: "\(name).norms", shape: count).doubles())
        },
        own: try file[prefix + "own.scores"].map { _ in
          let subsets = try integers(prefix + "own.subsets", from: -1, below: Int64(classCount))
          guard !labels.isEmpty, subsets.count.isMultiple(of: labels.count) else {
            throw refusal("tensor \(quoted(prefix + "own.subsets")) has no row a subset")
          }
          return Own(
            scores: try file.tensor(named: prefix + "own.scores", shape: shape).doubles(),
            subsets: stride(from: 0, to: subsets.count, by: labels.count).map {
              Array(subsets[$0..<$0 + labels.count])
            })
        })
    }
    self.init(
      trainCounts: try integers("train.counts", from: 0, below: .max, Shape([classCount])),
      pool: try file["pool.prior"].map { _ in
        try Self.pool(file, configuration) { refusal("has a pool with numbers out of their range") }
      },
      splits: splits)
  }

  private static func states(
    of pool: RobustPool, _ configuration: RunConfiguration
  ) -> [NamedState] {
    func numbers(_ name: String, _ values: [Double]) -> NamedState {
      NamedState(name, values) { _ in }
    }
    return [
      numbers("spoilt", [pool.spoilt]), numbers("prior", pool.prior),
      numbers("weights", pool.weights),
    ]
      + zip(configuration.modalities, pool.detectors).compactMap { modality, detector in
        detector.map {
          numbers("detector.\(modality.name)", $0.means + $0.deviations + $0.coefficients)
        }
      }
  }

  private static func pool(
    _ file: TensorFile, _ configuration: RunConfiguration, refusal: () -> FileError
  ) throws -> RobustPool {
    func numbers(_ name: String, _ count: Int) throws -> [Double] {
      try file.tensor(named: "pool.\(name)", shape: Shape([count])).doubles()
    }
    let spoilt = try numbers("spoilt", 1)[0]
    let prior = try numbers("prior", configuration.classes.count)
    let weights = try numbers("weights", configuration.modalities.count)
    guard spoilt > 0, spoilt < 1, (prior + weights).allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw refusal()
    }
    return RobustPool(
      spoilt: spoilt, prior: prior, weights: weights,
      detectors: try configuration.modalities.map { modality in
        try file["pool.detector.\(modality.name)"].map { _ in
          let values = try numbers("detector.\(modality.name)", 10)
          return SpoiltDetector(
            means: Array(values[..<3]), deviations: Array(values[3..<6]),
            coefficients: Array(values[6...]))
        }
      })
  }
}
