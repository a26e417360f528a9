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
        let spoilt = Shape([kept.modalities.count, kept.labels.count])
        for (kind, predictions) in prediction.spoilt.sorted(by: Self.order) {
          own.append(
            NamedState(
              "own.spoilt.\(kind.rawValue)", spoilt,
              Buffer(predictions.joined().map { Int64($0) })))
        }
      }
      for (modality, logits) in zip(configuration.modalities, kept.modalities) {
        own.append(NamedState("\(modality.name).logits", shape, Buffer(logits.logits)))
        own.append(NamedState("\(modality.name).norms", logits.featureNorms) { _ in })
        own.append(integers("\(modality.name).present", logits.present.map { $0 ? 1 : 0 }))
      }
      for (place, modality) in configuration.modalities.enumerated() {
        for (kind, logits) in kept.spoilt.sorted(by: Self.order) {
          let name = "\(modality.name).spoilt.\(kind.rawValue)"
          own.append(NamedState("\(name).logits", shape, Buffer(logits[place].logits)))
          own.append(NamedState("\(name).norms", logits[place].featureNorms) { _ in })
        }
        guard kept.centres.indices.contains(place), !kept.centres[place].counts.isEmpty else {
          continue
        }
        let centres = kept.centres[place]
        own.append(NamedState("\(modality.name).centres.sums", centres.sums) { _ in })
        own.append(integers("\(modality.name).centres.counts", centres.counts))
        own.append(integers("\(modality.name).centres.left_out", centres.leftOut))
      }
      states += own.named(in: "\(split.rawValue).")
    }
    try SafeTensors.write(states, metadata: ["format": Self.format], to: path)
  }

  /// Kinds of spoilt inputs in one order, so that equal logits are equal files.
  private static func order<T>(
    _ first: (key: SpoiltInput, value: T), _ second: (key: SpoiltInput, value: T)
  ) -> Bool {
    first.key.rawValue < second.key.rawValue
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
      func rows(_ name: String) throws -> [[Int]] {
        let values = try integers(name, from: -1, below: Int64(classCount))
        guard !labels.isEmpty, values.count.isMultiple(of: labels.count) else {
          throw refusal("tensor \(quoted(name)) has no row of \(labels.count) predictions")
        }
        return stride(from: 0, to: values.count, by: labels.count).map {
          Array(values[$0..<$0 + labels.count])
        }
      }
      let modalities = try configuration.modalities.map { modality in
        let name = prefix + modality.name
        return ModalityLogits(
          logits: try file.tensor(named: "\(name).logits", shape: shape).floats(),
          present: try integers("\(name).present", from: 0, below: 2, count).map { $0 == 1 },
          classCount: classCount,
          featureNorms: try file.tensor(named: "\(name).norms", shape: count).doubles())
      }
      let spoilt = try SpoiltInput.allCases.filter { kind in
        configuration.modalities.allSatisfy {
          file["\(prefix)\($0.name).spoilt.\(kind.rawValue).logits"] != nil
        }
      }.map { kind in
        let logits = try zip(configuration.modalities, modalities).map { modality, sound in
          let name = "\(prefix)\(modality.name).spoilt.\(kind.rawValue)"
          return ModalityLogits(
            logits: try file.tensor(named: "\(name).logits", shape: shape).floats(),
            present: sound.present, classCount: classCount,
            featureNorms: try file.tensor(named: "\(name).norms", shape: count).doubles())
        }
        return (kind, logits)
      }
      splits[split] = Split(
        labels: labels,
        ids: try file.tensor(named: prefix + "ids", shape: count).integers(),
        groups: try integers(prefix + "groups", from: 0, below: .max, count),
        modalities: modalities,
        own: try file[prefix + "own.scores"].map { _ in
          Own(
            scores: try file.tensor(named: prefix + "own.scores", shape: shape).doubles(),
            subsets: try rows(prefix + "own.subsets"),
            spoilt: Dictionary(
              uniqueKeysWithValues: try SpoiltInput.allCases.compactMap { kind in
                let name = "\(prefix)own.spoilt.\(kind.rawValue)"
                return try file[name].map { _ in
                  let found = try rows(name)
                  guard found.count == modalities.count else {
                    throw refusal("tensor \(quoted(name)) has no row a modality")
                  }
                  return (kind, found)
                }
              }))
        },
        spoilt: Dictionary(uniqueKeysWithValues: spoilt),
        centres: try Self.centres(file, prefix, configuration))
    }
    self.init(
      trainCounts: try integers("train.counts", from: 0, below: .max, Shape([classCount])),
      pool: try file["pool.prior"].map { _ in
        try Self.pool(file, configuration) { refusal("has a pool with numbers out of their range") }
      },
      splits: splits)
  }
}
