import Datasets
import Networks
import Tensors

/// What a run takes of a machine's memory, worked out from its configuration and the shapes of its
/// data: what a dry run says, and what a run refuses to begin without.
///
/// The libraries (some 45 MB a rank), the gradients of activations and what evaluation takes beside
/// its logits come on top: a run may need more than this, but never less.
public struct MemoryNeeds: Sendable, Equatable {
  /// A part of what a rank holds.
  public struct Part: Sendable, Equatable {
    /// What it is for: `projector`.
    public let name: String
    /// Its size.
    public let byteCount: Int
    /// What makes it smaller.
    public let remedy: String
  }

  /// What a rank holds at the same time.
  public let parts: [Part]

  /// The bytes of all parts.
  public var byteCount: Int {
    parts.reduce(0) { sum, part in
      let (total, overflows) = sum.addingReportingOverflow(part.byteCount)
      return overflows ? .max : total
    }
  }

  /// Why a machine with `available` bytes cannot hold this, with its largest part and what to do;
  /// nil where it can.
  public func problem(available: Int = MachineMemory.byteCount) -> String? {
    guard byteCount > available, let largest = parts.max(by: { $0.byteCount < $1.byteCount }) else {
      return nil
    }
    let size = MachineMemory.text(largest.byteCount)
    return
      "needs \(MachineMemory.text(byteCount)) of memory, \(size) of it for \(largest.name), but only \(MachineMemory.text(available)) can be had here; "
      + largest.remedy
  }

  /// A part of so many elements of `type`; sizes beyond all memory are as large as they can be.
  static func part<T>(
    _ name: String, _ factors: [Int], of type: T.Type = Float.self, _ remedy: String
  ) -> Part {
    let byteCount = (factors + [MemoryLayout<T>.stride]).product()
    return Part(name: name, byteCount: byteCount ?? .max, remedy: remedy)
  }
}

extension RunConfiguration {
  /// What the coordinator holds when `sampleCount` samples are evaluated at a time.
  public func coordinatorMemory(evaluating sampleCount: Int = 0) -> MemoryNeeds {
    let head = [classes.count, features + 1]
    let size = features + (hgm.includesBias ? 1 : 0)
    let projectors =
      !hgm.isEnabled || method.headPlace == .worker
      ? 0 : hgm.memory == .others ? modalities.count : 1
    // A projector keeps its outer products, 3/8 of its size of them, beside the matrix.
    return MemoryNeeds(parts: [
      MemoryNeeds.part("the head", [4] + head, "lower features, or use fewer classes"),
      MemoryNeeds.part(
        "the projector of head gradient modification", [projectors, size, size + size * 3 / 8],
        of: Double.self, "lower features, or set hgm.enabled: false"),
      MemoryNeeds.part(
        "the gradient on its way through the projector", [projectors > 0 ? 2 : 0] + head,
        of: Double.self, "lower features, or set hgm.enabled: false"),
      MemoryNeeds.part(
        "the logits of an evaluation", [modalities.count, sampleCount, classes.count],
        "evaluate fewer samples, or use fewer classes"),
    ])
  }

  /// What the worker of modality `modality`, with these data, holds.
  public func workerMemory(of modality: Int, data: ModalityData) throws -> MemoryNeeds {
    let own = modalities[modality]
    let sampleShape = data.train.sampleShape
    let (trainCount, testCount) = (data.train.ids.count, data.test.ids.count)
    let size = try own.encoder.withVocabulary(data.tokenCount).size(
      inputShape: sampleShape, features: features)
    let weights = size.parameterCounts.reduce(0, +)
    let gradients =
      own.optimizer.gradientMemory == .whole ? weights : size.parameterCounts.max() ?? 0
    // Values with the optimizer's one or two memories of each, and gradients.
    let arrays = own.optimizer.kind == .sgd ? 2 : 3
    let head = classes.count * (features + 1) * (method.headPlace == .coordinator ? 2 : 3)
    let batch = batchCapacity(
      own: trainCount, largest: trainCount, evaluated: testCount)
    return MemoryNeeds(parts: [
      MemoryNeeds.part(
        "the weights with their gradients and the optimizer's memory",
        [arrays * weights + gradients + head], "choose a smaller encoder"),
      MemoryNeeds.part(
        "the samples", [data.train.heldByteCount], of: UInt8.self, "use fewer or smaller samples"),
      MemoryNeeds.part(
        "the test samples", [data.test.heldByteCount], of: UInt8.self,
        "use fewer or smaller samples"),
      MemoryNeeds.part(
        "a mini-batch and what layers make of it",
        [batch, sampleShape.elementCount + size.activationCount + 3 * classes.count],
        "lower batch_size"),
    ])
  }

  /// The most samples that a forward pass of a modality ever has: not `batchSize`, but what there is.
  ///
  /// - Parameters:
  ///   - own: the training samples that have the modality.
  ///   - largest: the training samples of the modality that has most: with `sampling: own` the others
  ///     start over within a mini-batch of that size.
  ///   - evaluated: the samples of the largest evaluated split that have the modality.
  public func batchCapacity(own: Int, largest: Int, evaluated: Int) -> Int {
    let trained = min(batchSize, sampling == .own && own > 0 ? largest : own)
    return max(1, trained, min(batchSize, evaluation.batchSize, evaluated))
  }
}
