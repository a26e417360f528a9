import Datasets
import Exchange
import Foundation
import MLA
import Methods
import Networks
import Storage
import Tensors

/// One case of the float64 reference implementation: inputs, initial weights, options, and every
/// number that training and testing must give.
public struct OracleCase: Sendable {
  /// The file's name without its ending.
  public let name: String
  /// The number of modalities.
  public var modalityCount: Int { encoders.count }

  let file: NPZFile
  let path: String
  let encoders: [OracleEncoder]
  let classCount: Int
  let batchSize: Int
  let epochs: Int
  let optimizer: OptimizerOptions
  let headLearningRateScale: Double
  let driftsWhileInactive: Bool
  let hgm: HeadGradientModification
  let fixedWeights: [Double]?
  let fusionBatchSize: Int
  let order: [Int]
  /// The method, with its options.
  let method: MethodChoice

  /// Reads a case and checks that it has everything a run needs, in the sizes that it needs.
  public init(path: String) throws {
    self.path = path
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    file = try NPZFile(path: path)
    let bytes = try file.array("config").integers().map { UInt8(truncatingIfNeeded: $0) }
    let options = try CaseOptions(json: bytes, place: path)
    encoders = try options.list("modalities").map(OracleEncoder.init)
    classCount = try options.value("classes")
    batchSize = try options.value("batch")
    epochs = try options.value("epochs")
    driftsWhileInactive = try options.value("inactive_encoders", default: "skip") == "zero_grad"
    (optimizer, headLearningRateScale) = try options.optimizer()
    hgm = try options.headGradientModification()
    let fusion = try options.child("fusion")
    fixedWeights = try fusion.numbers("fixed_weights")
    fusionBatchSize = try fusion.value("batch", default: 64)
    order = try options.value("order", default: Array(encoders.indices))
    guard order.sorted() == Array(encoders.indices) else {
      throw FileError(
        path, "order is \("\(order)".legible()), expected every modality once")
    }
    method = try options.method()
    try CaseChecks(oracle: self).run()
  }

  /// The schedule that the case writes out, turn by turn.
  func plan() throws -> TrainingPlan {
    let epochOfStep = try file.array("step.epoch").integers()
    let batchOfStep = try file.array("step.batch").integers()
    let modalityOfStep = try file.array("step.modality").integers()
    let batchCounts = try file.array("step.n_batches").integers()
    let offsets = try file.array("step.offset").integers()
    let rows = try file.array("step.rows").integers()
    let batches = batchCounts.first ?? 0
    let blank = [[Int]](repeating: [], count: modalityCount)
    var schedule = [[[[Int]]]](
      repeating: [[[Int]]](repeating: blank, count: batches), count: epochs)
    for step in epochOfStep.indices {
      let bounds = offsets[step]..<offsets[step + 1]
      schedule[epochOfStep[step]][batchOfStep[step]][modalityOfStep[step]] = Array(rows[bounds])
    }
    return TrainingPlan(
      roster: try roster("present"), sampling: .explicit(schedule), batchSize: batchSize,
      order: order, seed: 0)
  }

  /// Which modality has which sample of a split; the rows of a modality are numbered from `first` on.
  func roster(_ present: String, first: Int = 0) throws -> Roster {
    let flags = try file.array(present).integers()
    let count = flags.count / modalityCount
    return Roster(
      sampleCount: count,
      rows: (0..<modalityCount).map { modality in
        (0..<count).map { sample in
          flags[sample * modalityCount + modality] == 0 ? Roster.absent : Int32(first + sample)
        }
      })
  }

  /// Who has what. The rows of validation samples are those after the training samples.
  func rosters() throws -> Rosters {
    let train = try roster("present")
    return Rosters(
      train: train,
      validation: hasValidation
        ? try roster("present_v", first: train.sampleCount)
        : Roster(sampleCount: 0, rows: [[Int32]](repeating: [], count: modalityCount)),
      test: try roster("present_t"))
  }

  /// Whether there are validation samples.
  var hasValidation: Bool { file.names.contains("yv") }

  /// One modality's samples of a split: `x` for training, followed by those for validation where there are
  /// any, or `xt` for testing.
  func source(_ prefix: String, modality: Int) throws -> CaseSource {
    let splits =
      prefix == "x" ? [("x", "y")] + (hasValidation ? [("xv", "yv")] : []) : [("xt", "yt")]
    let encoder = encoders[modality]
    return CaseSource(
      values: try splits.flatMap {
        encoder.channelsLast(try file.array("\($0.0)\(modality)").floats())
      },
      labels: try splits.flatMap { try file.array($0.1).integers() },
      sampleShape: encoder.inputShape)
  }
}

/// The samples of a case, in memory.
struct CaseSource: SampleSource {
  let values: [Float]
  let labels: [Int]
  let sampleShape: Shape
  var ids: [String] { labels.indices.map(String.init) }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    let start = index * sampleShape.elementCount
    for place in 0..<sampleShape.elementCount { destination[place] = values[start + place] }
  }
}
