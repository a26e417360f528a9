import Configuration
import MPI
import Networks
import Planning
import Tensors

/// Measures all that a plan needs to know of a configuration on this machine.
public struct Profiler {
  private let configuration: RunConfiguration
  private let console: Console
  /// Into how many parts a mini-batch is cut; a call takes one.
  private let parts: [Int]
  private let cores: Int

  /// A profiler of `configuration`.
  ///
  /// - Parameter parts: measures calls of a mini-batch divided by each of these, where that is a sample
  ///   at least.
  public init(_ configuration: RunConfiguration, parts: [Int] = [1, 2, 4, 8], console: Console) {
    (self.configuration, self.parts, self.console) = (configuration, parts, console)
    cores = MPIWorld.coreCount
  }

  /// The numbers of cores that are tried: 1, 2, 4, … and all.
  private var steps: [Int] {
    Array(Set((0..<12).map { 1 << $0 }.filter { $0 < cores } + [cores])).sorted()
  }

  /// Measures everything, and shows how far it is.
  public func measure() throws -> Profile {
    let machine = MachineFacts.here
    if machine.load > 0.5 {
      console.warn(
        "other work is going on here (load \(Numerals.decimals(machine.load, 1))), so that all times are too long"
      )
    }
    try BLAS.reserve(threads: cores)
    return try Threads.with(count: 1, products: configuration.execution.products) {
      let modalities = try configuration.modalities.indices.map { try measure($0) }
      note("the head")
      let head = try HeadMeasurement(configuration).coordinator()
      note("memory")
      return Profile(
        machine: machine, head: head, modalities: modalities,
        bandwidth: Curve(
          steps.map { .init(Double($0), MemoryMeasurement.bandwidth(cores: $0)) }),
        summing: Curve(
          steps.filter { $0 > 1 }.map {
            .init(Double($0), MemoryMeasurement.summing(ranks: $0))
          }))
    }
  }

  private func note(_ what: String) {
    console.isTerminal ? console.update("measures \(what)") : console.say("measures \(what)")
  }

  private func measure(_ place: Int) throws -> ModalityProfile {
    let name = configuration.modalities[place].name
    note("\(name): its data")
    let subject = try EncoderSubject(configuration, place: place)
    let encoder = try subject.makeEncoder()
    let batch = subject.batchSize
    let input = Tensor(encoder.inputShape, capacity: batch)
    let feed = try subject.makeFeed()
    var number = 0
    let load = try Stopwatch.measure {
      try feed.load(
        .init(subject.rows(of: number), at: .init(epoch: 0, batch: number)), into: input)
      number += 1
    }
    let seesFeatures = subject.modality.pretraining.cachesFeatures
    let measurement = EncoderMeasurement(encoder, input: input, seesFeatures: seesFeatures)
    let sizes = Set(parts.filter { $0 <= batch }.map { (batch + $0 - 1) / $0 }).sorted(by: >)
    let passes = try sizes.map { samples in
      note("\(name): \(Numerals.counted(samples, "sample", "samples")) a call")
      return try measurement.pass(samples)
    }
    guard let whole = passes.first else { preconditionFailure("no part of a mini-batch") }
    let alone = whole.forward.median + whole.backward.median
    let threads = try steps.map { count -> Curve.Point in
      guard count > 1 else { return .init(1, 1) }
      note("\(name): \(count) threads")
      let pass = try Threads.with(count: count) { try measurement.pass(batch) }
      return .init(Double(count), (pass.forward.median + pass.backward.median) / alone)
    }
    let optimizer = Optimizer(
      configuration.scheduled(subject.modality.optimizer), for: encoder.store)
    let step = try Stopwatch.measure {
      try LongWork.step()
      optimizer.step(learningRate: 0)
    }
    let head = try HeadMeasurement(configuration).worker(batch)
    let memory = try memory(of: subject, encoder, optimizer)
    return ModalityProfile(
      name: name, identity: subject.identity, batchSize: batch, passes: passes,
      threads: Curve(threads),
      slowdown: try slowdown(name, subject, input.array, bytes: memory.total),
      step: step, buckets: measurement.buckets, norms: measurement.norms,
      load: Measurement(load, over: batch), isLoadedAhead: subject.loadsAhead,
      headPart: head.turn, featureGradient: head.featureGradient, memory: memory)
  }

  /// How much copies at once slow each other, as far as there is memory for them.
  private func slowdown(
    _ name: String, _ subject: EncoderSubject, _ samples: [Float], bytes: Double
  ) throws -> Curve {
    var points: [Curve.Point] = []
    var alone = 0.0
    let maker = CopyMaker(subject: subject, samples: samples)
    for copies in steps {
      guard Double(copies) * bytes < Double(MachineMemory.hostByteCount) / 2 else { break }
      note("\(name): \(Numerals.counted(copies, "copy", "copies")) at once")
      let seconds = try CopyMeasurement.seconds(copies: copies, steps: Stopwatch.leastSteps) {
        try maker.make()
      }
      guard let seconds, seconds > 0 else { break }
      if copies == 1 { alone = seconds }
      points.append(.init(Double(copies), max(1, seconds / alone)))
    }
    return Curve(points)
  }

  private func memory(
    of subject: EncoderSubject, _ encoder: Encoder, _ optimizer: Optimizer
  ) throws -> ModalityProfile.Memory {
    let plan = MemoryPlan()
    try plan.counting { try subject.makeEncoder().reserve(subject.batchSize) }
    let stride = MemoryLayout<Float>.stride
    let store = encoder.store
    let held = subject.data.train.heldByteCount + subject.data.test.heldByteCount
    let weights = store.count * stride
    let state = optimizer.state.byteCount
    let activations = plan.byteCount - weights - store.gradientCount * stride
    let all = try subject.configuration.workerMemory(
      of: subject.place, data: subject.data, start: subject.start
    ).byteCount
    let kept = subject.configuration.gradientMemory(of: subject.modality)
    let gradients =
      kept == .whole
      ? store.gradientCount : store.layerRanges.map(\.count).max() ?? 0
    let known = weights + gradients * stride + state + activations + held
    return .init(
      weights: Double(weights), gradients: Double(gradients * stride), state: Double(state),
      activations: Double(activations), samples: Double(held), other: Double(max(0, all - known)))
  }
}

/// Makes copies of an encoder, each on the thread that will compute with it.
private struct CopyMaker: @unchecked Sendable {
  // Nothing of the subject changes once it is made.
  let subject: EncoderSubject
  let samples: [Float]

  func make() throws -> () throws -> Void {
    let encoder = try subject.makeEncoder()
    let input = Tensor(encoder.inputShape, capacity: subject.batchSize)
    input.held.update(from: samples)
    let gradient = Tensor([encoder.featureCount], capacity: subject.batchSize)
    gradient.held.update(repeating: 1e-3)
    let moving =
      subject.modality.pretraining.cachesFeatures ? encoder.forwardFrozen(input) : input
    return {
      _ = encoder.forwardMoving(
        subject.modality.pretraining.cachesFeatures ? moving : encoder.forwardFrozen(input),
        mode: .training)
      encoder.backward(gradient)
    }
  }
}

extension EncoderSubject {
  /// Whether a run loads the samples ahead of training.
  var loadsAhead: Bool { source.isLoadedAhead && configuration.data.media.loaders > 0 }
}

extension Measurement {
  /// A measurement of one of `count` alike parts of what was measured.
  init(_ whole: Measurement, over count: Int) {
    self = whole
    median /= Double(max(1, count))
    least /= Double(max(1, count))
  }
}
