import Configuration
import Datasets
import Exchange
import MLA
import Methods
import Networks
import Storage
import Synchronization
import Tensors
import Testing

@testable import Coordinator
@testable import Worker

/// A run of some epochs of three mini-batches, in this process, without the life of a run around it:
/// one coordinator and a worker for each of two modalities.
struct SmallRun: Sendable {
  var configuration: RunConfiguration
  /// The axes of a sample of each modality.
  var sampleShapes: [Shape] = [[6], [4]]
  /// What the first modality has in place of the first value of some samples.
  var odd: [Int: Float] = [:]

  /// What the ranks remember, by rank: name and values, bit for bit.
  typealias Memory = [[(name: String, bits: [UInt8])]]

  init(_ method: MethodChoice, _ change: (inout RunConfiguration) -> Void = { _ in }) {
    var mlp = MLPOptions()
    mlp.hidden = [5]
    let modalities = ["a", "b"].map { [mlp] in
      ModalityConfiguration(name: $0, source: .synthetic(.init()), encoder: .mlp(mlp))
    }
    configuration = RunConfiguration(
      classes: ["x", "y", "z"], modalities: modalities)
    configuration.method = method
    (configuration.features, configuration.batchSize, configuration.epochs) = (4, 8, 4)
    change(&configuration)
  }

  /// Trains `cycles` of the run, counted from its beginning.
  ///
  /// - Parameters:
  ///   - memory: what the ranks go on from; nil: a fresh run.
  ///   - forgotten: the name of a state of one rank that is not restored.
  func train(
    _ cycles: Range<Int>, from memory: Memory? = nil, forgetting forgotten: (Int, String)? = nil
  ) throws -> Memory {
    let ranks = configuration.modalities.count + 1
    let results = Mutex<Memory>(Array(repeating: [], count: ranks))
    try OneProcess.run(ranks: ranks, deadline: .seconds(60)) { endpoint in
      let rank = endpoint.worldRank
      let (state, train) = try side(on: endpoint)
      for (state, saved) in zip(state(), memory?[rank] ?? [])
      where forgotten.map({ $0 != (rank, state.name) }) ?? true {
        try restore(state, saved)
      }
      let plan = try plan()
      for epoch in 0..<configuration.epochs {
        let first = epoch * plan.cyclesPerEpoch
        let part = cycles.clamped(to: first..<first + plan.cyclesPerEpoch)
        guard !part.isEmpty else { continue }
        try train(plan.epoch(epoch).part(part.lowerBound - first..<part.upperBound - first))
      }
      let found = state().map { state in
        (
          state.name,
          state.withBytes { bytes in
            bytes.withUnsafeBytes { Array($0) }
          }
        )
      }
      results.withLock { $0[rank] = found }
    }
    return results.withLock { $0 }
  }

  private func restore(_ state: NamedState, _ saved: (name: String, bits: [UInt8])) throws {
    try #require(state.name == saved.name)
    func values<T: BitwiseCopyable>(_ type: T.Type) -> [T] {
      saved.bits.withUnsafeBytes { Array($0.bindMemory(to: type)) }
    }
    switch state.element {
    case .float32: state.restore(values(Float.self))
    case .float64: state.restore(values(Double.self))
    case .integer: state.restore(values(Int64.self))
    }
  }

  private func plan() throws -> TrainingPlan {
    TrainingPlan(configuration, roster: roster)
  }

  private var roster: Roster {
    let rows = (0..<24).map { Int32($0) }
    // All modalities but the first lack a few samples.
    return Roster(
      sampleCount: 24,
      rows: configuration.modalities.indices.map { place in
        let isComplete = place == 0 || configuration.method.demands.wantsCompleteData
        return rows.map { !isComplete && $0 % Int32(5 + 2 * place) == 3 ? -1 : $0 }
      })
  }

  /// What methods see as held out: some of the training samples, for there are no others.
  private var heldOut: Range<Int> { 3..<11 }

  private var rosters: Rosters {
    Rosters(
      train: roster,
      validation: Roster(
        sampleCount: heldOut.count, rows: roster.rows.map { Array($0[heldOut]) }),
      test: Roster(sampleCount: 0, rows: []))
  }

  /// The most samples of a mini-batch, an input of zeros included.
  private var capacity: Int { 8 + (configuration.method.demands.ridesZero ? 1 : 0) }

  /// What a rank remembers, and how it trains.
  private func side(
    on endpoint: Endpoint
  ) throws -> (state: () -> [NamedState], train: (EpochPlan) throws -> Void) {
    if endpoint.worldRank == 0 {
      var rank = CoordinatorRank(
        configuration: configuration, endpoint: endpoint,
        leaders: Array(1...configuration.modalities.count),
        trainLabels: SmallSource.labels.map { Int32($0) })
      rank.rosters = rosters
      rank.validationLabels = heldOut.map { Int32(SmallSource.labels[$0]) }
      let method = configuration.method.coordinator(of: rank)
      let losses = configuration.method.lossNames(of: configuration.modalities.map(\.name))
      var totals = losses.map { _ in TrainingTotals() }
      return ({ method.state }, { try method.train($0, adding: &totals) })
    }
    let place = endpoint.worldRank - 1
    let own = configuration.modalities[place]
    let source = SmallSource(
      place, sampleShape: sampleShapes[place % sampleShapes.count], odd: place == 0 ? odd : [:])
    let network = try configuration.makeNetwork(
      of: place, inputShape: source.sampleShape, tokens: nil, capacity: capacity,
      generator: SeededGenerator(seed: configuration.seed, stream: "encoder/\(own.name)"))
    let augmentation =
      try own.augmentation == .init()
      ? nil : Augmentation(own.augmentation, sampleShape: source.sampleShape, isText: false)
    let feed = try BatchFeed(of: source, loaders: 0) {
      try SampleMaker(
        source, augmentation: augmentation, seed: configuration.seed, name: own.name)
    }
    let learner = ModalityLearner(
      network: network, source: source, classCount: configuration.classes.count,
      options: configuration.scheduled(own.optimizer), feed: feed,
      onNonfinite: configuration.execution.onNonfinite)
    let method = configuration.method.worker(
      on: WorkerRank(
        configuration: configuration, modality: place, learner: learner, batchSize: capacity,
        endpoint: endpoint, rosters: rosters))
    return ({ learner.state + method.state.named(in: "head.") }, { try method.train($0) })
  }
}

extension SmallRun {
  /// One hash of what each rank remembers after so many epochs.
  func digests(afterEpochs epochs: [Int]) throws -> [[String]] {
    try epochs.map { epoch in
      try train(0..<3 * epoch).map { states in
        var digest = SHA256()
        for state in states { digest.update(state.bits) }
        return digest.hex
      }
    }
  }

  /// Expects that a fresh run, given what another remembered after so many cycles, goes on as that one
  /// did, bit for bit; and that it does not where any part of it is forgotten that had changed.
  func expectResumable(after cycle: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let all = 3 * configuration.epochs
    let (fresh, middle, end) = (try train(0..<0), try train(0..<cycle), try train(0..<all))
    #expect(
      Self.differences(try train(cycle..<all, from: middle), end) == [],
      sourceLocation: sourceLocation)
    for rank in fresh.indices {
      // What a projection remembers speaks of each other; MLATests leave it out one by one.
      for (before, after) in zip(fresh[rank], middle[rank])
      where before.bits != after.bits && !after.name.hasPrefix("projection.") {
        // What can no longer be trained is not alike either.
        guard
          let found = try? train(cycle..<all, from: middle, forgetting: (rank, after.name))
        else { continue }
        #expect(
          Self.differences(found, end) != [], "\(after.name) of rank \(rank) is not missed",
          sourceLocation: sourceLocation)
      }
    }
  }

  /// The names of states that differ.
  static func differences(_ one: Memory, _ other: Memory) -> [String] {
    zip(one, other).enumerated().flatMap { rank, states in
      let (one, other) = states
      guard one.map(\.name) == other.map(\.name) else { return ["the list of rank \(rank)"] }
      return zip(one, other).filter { $0.bits != $1.bits }.map { "\($0.0.name) of rank \(rank)" }
    }
  }
}

/// A few samples of normal numbers.
private struct SmallSource: SampleSource {
  static let labels = (0..<24).map { $0 % 3 }

  let sampleShape: Shape
  let values: [Float]
  let odd: [Int: Float]
  var ids: [String] { labels.indices.map { "\($0)" } }
  var labels: [Int] { Self.labels }

  init(_ modality: Int, sampleShape: Shape, odd: [Int: Float]) {
    self.odd = odd
    self.sampleShape = sampleShape
    var generator = SeededGenerator(seed: 1, stream: "source/\(modality)")
    values = (0..<24 * sampleShape.elementCount).map { _ in Float(generator.normal()) }
  }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    for place in destination.indices {
      destination[place] = values[index * sampleShape.elementCount + place]
    }
    if let value = odd[index] { destination[0] = value }
  }
}
