import Configuration
import Coordinator
import Exchange
import MLA
import Storage
import Tensors

/// What belongs to the logits of a run in its file: the pool that was fitted, and where features lie.
extension KeptLogits {
  /// Where each modality's features lie; of one that the file says nothing of, nothing is known.
  static func centres(
    _ file: TensorFile, _ prefix: String, _ configuration: RunConfiguration
  ) throws -> [FeatureCentres] {
    let count = configuration.modalities.count
    return try configuration.modalities.map { modality in
      let name = "\(prefix)\(modality.name).centres"
      guard file["\(name).counts"] != nil else { return FeatureCentres() }
      func numbers(_ part: String) throws -> [Int] {
        try file.tensor(named: "\(name).\(part)", shape: Shape([count])).integers().map { Int($0) }
      }
      let sums = Shape([count * configuration.features])
      return FeatureCentres(
        sums: try file.tensor(named: "\(name).sums", shape: sums).doubles(),
        counts: try numbers("counts"), leftOut: try numbers("left_out"))
    }
  }

  /// What a pool is made of.
  static func states(
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

  /// The pool that a file has.
  static func pool(
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
