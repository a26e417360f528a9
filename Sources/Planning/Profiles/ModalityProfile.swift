/// What was measured of one modality: its encoder, its data, its part of the head.
public struct ModalityProfile: Codable, Sendable, Equatable {
  /// Forward and backward pass with so many samples on one thread.
  public struct Pass: Codable, Sendable, Equatable {
    /// The samples of the call.
    public var samples: Int
    /// The forward pass.
    public var forward: Measurement
    /// The backward pass, without a step of the optimizer.
    public var backward: Measurement
    /// Processor time of both in seconds: less than they take where an encoder only waits.
    public var processor: Double
    /// When the gradients of each bucket were complete, from the last layer to the first, in seconds
    /// since the backward pass began: as many as there are `buckets`.
    public var ready: [Double]

    /// What was measured with so many samples.
    public init(
      samples: Int, forward: Measurement, backward: Measurement, processor: Double, ready: [Double]
    ) {
      (self.samples, self.forward, self.backward) = (samples, forward, backward)
      (self.processor, self.ready) = (processor, ready)
    }
  }

  /// The parameters of one layer.
  public struct Bucket: Codable, Sendable, Equatable {
    /// The layer.
    public var name: String
    /// The bytes of its parameters.
    public var byteCount: Int

    /// A layer's parameters.
    public init(_ name: String, byteCount: Int) { (self.name, self.byteCount) = (name, byteCount) }
  }

  /// What a rank of the modality holds, in bytes.
  public struct Memory: Codable, Sendable, Equatable {
    /// Parameters.
    public var weights: Double
    /// Their gradients.
    public var gradients: Double
    /// What the optimizer remembers.
    public var state: Double
    /// What layers make of a whole mini-batch.
    public var activations: Double
    /// Samples in memory.
    public var samples: Double
    /// Everything else: logits, messages, the copy for a checkpoint.
    public var other: Double

    /// All parts.
    public init(
      weights: Double, gradients: Double, state: Double, activations: Double, samples: Double,
      other: Double
    ) {
      (self.weights, self.gradients, self.state) = (weights, gradients, state)
      (self.activations, self.samples, self.other) = (activations, samples, other)
    }

    /// All of it, on the only rank of a modality.
    public var total: Double { weights + gradients + state + activations + samples + other }
  }

  /// The modality.
  public var name: String
  /// What its numbers belong to: the encoder and the shape of a sample, as text.
  public var identity: [String: String]
  /// The samples of a mini-batch.
  public var batchSize: Int
  /// One thread, by the number of samples in a call.
  public var passes: [Pass]
  /// How long a whole mini-batch takes on so many threads, as a part of what it takes on one.
  public var threads: Curve
  /// How long it takes with so many copies at once, as a multiple of what it takes alone.
  public var slowdown: Curve
  /// One step of the optimizer over all parameters.
  public var step: Measurement
  /// The buckets in the order in which their gradients are complete: the last layer first.
  public var buckets: [Bucket]
  /// The channels of each batch norm.
  public var norms: [Int]
  /// What loading a sample takes without loaders, in seconds.
  public var load: Measurement
  /// Whether threads load ahead of training.
  public var isLoadedAhead: Bool
  /// The worker's part of a turn: logits, loss and the head's gradient, for the whole mini-batch.
  public var headPart: Measurement
  /// What follows a turn: the gradient with respect to the features.
  public var featureGradient: Measurement
  /// What a rank holds.
  public var memory: Memory

  /// All that was measured.
  public init(
    name: String, identity: [String: String], batchSize: Int, passes: [Pass], threads: Curve,
    slowdown: Curve, step: Measurement, buckets: [Bucket], norms: [Int], load: Measurement,
    isLoadedAhead: Bool, headPart: Measurement, featureGradient: Measurement, memory: Memory
  ) {
    (self.name, self.identity, self.batchSize) = (name, identity, batchSize)
    (self.passes, self.threads, self.slowdown) = (passes, threads, slowdown)
    (self.step, self.buckets, self.norms) = (step, buckets, norms)
    (self.load, self.isLoadedAhead) = (load, isLoadedAhead)
    (self.headPart, self.featureGradient) = (headPart, featureGradient)
    self.memory = memory
  }

  /// The bytes of all parameters.
  public var parameterByteCount: Double { buckets.reduce(0) { $0 + Double($1.byteCount) } }

  /// The spread of the passes that were measured with most samples.
  public var spread: Double {
    guard let pass = passes.max(by: { $0.samples < $1.samples }) else { return 0 }
    let (forward, backward) = (pass.forward, pass.backward)
    let sum = forward.median + backward.median
    guard sum > 0 else { return 0 }
    return (forward.spread * forward.median + backward.spread * backward.median) / sum
  }

  /// A modality whose encoder only takes time, `seconds` for a mini-batch, 2 to 3 for forward to
  /// backward: no parameters, no data, no core.
  public static func standIn(_ name: String, seconds: Double, batchSize: Int, headPart: Double)
    -> ModalityProfile
  {
    ModalityProfile(
      name: name, identity: ["encoder": "stand-in"], batchSize: batchSize,
      passes: [
        .init(
          samples: batchSize, forward: .init(exactly: seconds * 0.4),
          backward: .init(exactly: seconds * 0.6), processor: 0, ready: [])
      ], threads: Curve([.init(1, 1)]), slowdown: Curve([.init(1, 1)]),
      step: .init(exactly: 0), buckets: [], norms: [], load: .init(exactly: 0),
      isLoadedAhead: false, headPart: .init(exactly: headPart),
      featureGradient: .init(exactly: 0),
      memory: .init(weights: 0, gradients: 0, state: 0, activations: 0, samples: 0, other: 0))
  }
}
