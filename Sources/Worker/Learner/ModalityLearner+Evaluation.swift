import Datasets
import Exchange
import Networks
import Tensors

extension ModalityLearner {
  /// The most samples that are evaluated at a time.
  var evaluationCapacity: Int { network.shardCapacity }

  /// The logits, or the projections, that `head` gives for rows of what a feed reads, without learning.
  public func logits(
    of rows: [Int], from feed: BatchFeed, head: Head
  ) throws -> EvaluatedLogits {
    try logits(of: rows, from: feed, heads: [head])[0]
  }

  /// The same for each of several heads.
  ///
  /// - Parameter seeing: is given the features `[n, D]`, some rows at a time in their order.
  public func logits(
    of rows: [Int], from feed: BatchFeed, heads: [Head], seeing: (Tensor) -> Void = { _ in }
  ) throws -> [EvaluatedLogits] {
    var found = heads.map { _ in EvaluatedLogits() }
    for (place, head) in heads.enumerated() {
      found[place].values.reserveCapacity(rows.count * head.classCount)
    }
    try features(of: rows, from: feed) { features in
      seeing(features)
      for (place, head) in heads.enumerated() { add(features, with: head, to: &found[place]) }
    }
    return found
  }

  /// Gives `body` the features `[n, D]` of rows of what a feed reads, some at a time in their order, without
  /// learning.
  public func features(
    of rows: [Int], from feed: BatchFeed, _ body: (Tensor) throws -> Void
  ) throws {
    try settle()
    for request in BatchRequest.evaluating(rows, atMost: evaluationCapacity) {
      try feed.load(request, into: input)
      try body(network.evaluate(input))
    }
  }

  /// Memory for what a head gives, which is not always logits.
  private func outputs(of head: Head) -> Tensor {
    head.classCount == classCount
      ? evaluationLogits : Tensor([head.classCount], capacity: evaluationCapacity)
  }

  /// Adds what `head` gives for some features.
  func add(_ features: Tensor, with head: Head, to found: inout EvaluatedLogits) {
    let outputs = outputs(of: head)
    head.logits(features, into: outputs)
    found.values += outputs.array
    found.featureNorms += (0..<features.count).map { features.buffer(of: $0).norm }
  }
}
