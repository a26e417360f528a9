import Configuration
import Exchange
import Methods
import Networks
import Tensors

/// What ReconBoost decides in its joint epochs: the sum of the members' logits, times the boost, which is trained
/// with them; and the head, where all share one.
final class BoostRule: JointRule {
  /// The head that all share, with what moves it; nil: each modality has its own.
  let shared: (head: Head, optimizer: Optimizer)?
  /// Where gradients of that head are received.
  private let lentGradient: Buffer<Float>

  private let method: ReconBoost
  private let run: CoordinatorRank
  private let parameter: Parameter
  private let store: ParameterStore
  private let optimizer: Optimizer
  /// Whether what `decide` has found may move anything.
  private var mayMove = false

  init(_ method: ReconBoost, of run: CoordinatorRank) {
    (self.method, self.run) = (method, run)
    let configuration = run.configuration
    let options = configuration.scheduled(configuration.optimizer).ofHead
    parameter = Parameter("boost", [1], .constant(Float(method.boost)))
    store = ParameterStore([parameter])
    var generator = SeededGenerator(seed: configuration.seed, stream: "head")
    store.initialise(from: &generator)
    optimizer = Optimizer(options, for: store)
    guard method.heads == .shared else {
      shared = nil
      lentGradient = Buffer(0)
      return
    }
    let head = Head(
      classCount: configuration.classes.count, featureCount: configuration.features,
      generator: &generator)
    shared = (head, Optimizer(options, for: head.store))
    lentGradient = Buffer(head.store.count)
  }

  /// What the sum of logits is multiplied by.
  var boost: Float { parameter.values[0] }

  var weights: [NamedState] { store.state + (shared?.head.state.named(in: "head.") ?? []) }
  var state: [NamedState] {
    weights + optimizer.state.named(in: "optimizer.")
      + (shared?.optimizer.state.named(in: "head.optimizer.") ?? [])
  }

  /// Has optimizers forget what they remember.
  func dropVelocities() {
    for state in optimizer.state + (shared?.optimizer.state ?? []) { state.clear() }
  }

  func takesPart(_ modality: Int, epoch: Int) -> Bool {
    method.phase(ofEpoch: epoch, order: run.configuration.order).members.contains(modality)
  }

  func begin(_ batch: JointBatch) throws {
    for (leader, part) in zip(run.leaders, batch.parts) where !part.places.isEmpty {
      try lend(to: leader, cycle: batch.cycle)
    }
  }

  func combine(_ batch: JointBatch) {
    batch.addLogits()
    FixedSums.scale(batch.logits.held, by: boost)
  }

  func decide(_ batch: JointBatch) {
    batch.passGradientOn()
    var along = 0.0
    for part in batch.parts {
      for (place, row) in part.places.enumerated() {
        let (own, common) = (part.logits.buffer(of: place), batch.gradient.buffer(of: row))
        for label in 0..<batch.classCount { along += Double(common[label]) * Double(own[label]) }
      }
      FixedSums.scale(part.gradient.held, by: boost)
    }
    parameter.gradients[0] = Float(along)
    mayMove = batch.rowCount > 0 && optimizer.checkGradients()
    guard !mayMove else { return }
    // Says to all that the mini-batch is left out.
    for part in batch.parts { part.gradient.held.update(repeating: .nan) }
  }

  func move(_ batch: JointBatch, learningRate: Double) throws {
    defer { batch.notes = [MethodNote("boost", [Double(boost)])] }
    guard mayMove else { return }
    if method.trainsBoost { optimizer.step(learningRate: learningRate) }
    let senders = zip(run.leaders, batch.parts).filter { !$1.places.isEmpty }.map { $0.0 }
    _ = try moveHead(along: senders, cycle: batch.cycle, learningRate: learningRate)
  }

  func prediction(bias: [Float]?, modalityCount: Int) -> any ModelPrediction {
    BoostPrediction(boost: boost)
  }

  // MARK: - The head that all share

  /// Sends the head that all share, if there is one.
  func lend(to leader: Int, cycle: Int) throws {
    guard let shared else { return }
    try run.endpoint.send(LentHead(shared.head.store.values), number: cycle, to: leader)
  }

  /// Moves the head that all share, if there is one, along the sum of what these ranks send; returns what they
  /// have trained.
  func moveHead(
    along senders: [Int], cycle: Int, learningRate: Double
  ) throws -> TrainingTotals {
    var totals = TrainingTotals()
    guard let (head, optimizer) = shared else { return totals }
    head.store.gradients.update(repeating: 0)
    for sender in senders {
      let sent = try run.endpoint.receive(
        LentGradient(lentGradient), number: cycle, from: sender
      ).totals
      // Of no samples it is nothing.
      if sent.samples > 0 { head.store.gradients.add(lentGradient) }
      totals += sent
    }
    if totals.samples > 0 { optimizer.step(learningRate: learningRate) }
    return totals
  }
}
