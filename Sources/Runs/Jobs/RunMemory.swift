import Configuration
import Coordinator
import Datasets
import Exchange
import Tensors
import Worker

/// What runs take of a machine's memory, each with all of its ranks in one process: worked out without
/// starting them. However many runs have a modality's samples, these are opened once.
public struct RunMemory {
  private struct Opened {
    let source: SourceOptions
    let root: String
    let classes: [String]
    let seed: UInt64
    let media: MediaPolicy
    let data: ModalityData
  }

  private var opened: [Opened] = []

  /// Nothing is opened yet.
  public init() {}

  /// The bytes of a run, the program included; nil: its data cannot be opened, which the run itself will say
  /// better.
  ///
  /// - Throws: where the work shall end.
  public mutating func byteCount(of configuration: RunConfiguration) throws -> Int? {
    do {
      return try sum(configuration)
    } catch let error where !(error is ExchangeError) {
      return nil
    }
  }

  private mutating func sum(_ configuration: RunConfiguration) throws -> Int {
    var parts = [MemoryNeeds.programByteCount]
    var (trained, tested) = (0, 0)
    for (place, modality) in configuration.modalities.enumerated() {
      try LongWork.step()
      let data = try open(modality.source, configuration)
      let start = try EncoderStart(
        modality, data: data, root: configuration.data.root, features: configuration.features)
      var completed = configuration
      completed.modalities[place] = start.modality
      let needs = try Threads.with(count: configuration.execution.threads ?? 1) {
        try completed.workerMemory(of: place, data: data, start: start)
      }
      parts.append(needs.byteCount)
      // Replicas have the weights together.
      parts += (1..<modality.ranks).map { _ in needs.byteCount - needs.sharedByteCount }
      trained = max(trained, data.train.ids.count)
      tested = max(tested, data.test.ids.count)
    }
    parts.append(
      configuration.coordinatorMemory(
        evaluating: max(tested, configuration.mostValidated(of: trained)), training: trained
      )
      .byteCount)
    return parts.reduce(0) {
      let (sum, overflows) = $0.addingReportingOverflow($1)
      return overflows ? .max : sum
    }
  }

  private mutating func open(
    _ source: SourceOptions, _ configuration: RunConfiguration
  ) throws -> ModalityData {
    let (root, media) = (configuration.data.root, configuration.data.media)
    let known = opened.first {
      $0.source == source && $0.root == root && $0.classes == configuration.classes
        && $0.seed == configuration.seed && $0.media == media
    }
    if let known { return known.data }
    let data = try ModalityData.open(
      source, root: root, classes: configuration.classes, seed: configuration.seed, media: media)
    opened.append(
      Opened(
        source: source, root: root, classes: configuration.classes, seed: configuration.seed,
        media: media, data: data))
    return data
  }
}
