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
  public func logits(
    of rows: [Int], from feed: BatchFeed, heads: [Head]
  ) throws -> [EvaluatedLogits] {
    var found = heads.map { _ in EvaluatedLogits() }
    for (place, head) in heads.enumerated() {
      found[place].values.reserveCapacity(rows.count * head.classCount)
    }
    try features(of: rows, from: feed) { features in
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

  /// The logits `[K]` that `head` gives for an input of zeros, without learning.
  func zeroLogits(head: Head) throws -> [Float] {
    try settle()
    input.count = 1
    input.held.update(repeating: 0)
    head.logits(network.evaluate(input), into: evaluationLogits)
    return evaluationLogits.array
  }

  /// The same of inputs each position of which was permuted by itself over the rows.
  ///
  /// - Parameter generator: what the permutations are drawn from.
  func shuffledLogits(
    of rows: [Int], from source: any SampleSource, loaders: Int, head: Head,
    _ generator: SeededGenerator
  ) throws -> EvaluatedLogits {
    try settle()
    let blocks = ColumnShuffle.blocks(of: rows, stride: input.stride)
    let feed = try BatchFeed(
      of: source, loaders: loaders,
      evaluating: blocks.flatMap { BatchRequest.evaluating($0, atMost: evaluationCapacity) })
    var generator = generator
    var found = EvaluatedLogits()
    for rows in blocks {
      let block = Tensor(input.sampleShape, capacity: rows.count)
      let pieces = BatchRequest.evaluating(rows, atMost: evaluationCapacity)
      var place = 0
      for piece in pieces {
        try feed.load(piece, into: input)
        Tensor(rows: place..<place + input.count, of: block).held.update(from: input.held)
        place += input.count
      }
      try ColumnShuffle.shuffle(block, &generator)
      place = 0
      for piece in pieces {
        input.count = piece.rows.count
        input.held.update(from: Tensor(rows: place..<place + input.count, of: block).held)
        place += input.count
        add(network.evaluate(input), with: head, to: &found)
      }
    }
    return found
  }

  /// Adds what `head` gives for some features.
  /// Memory for what a head gives, which is not always logits.
  private func outputs(of head: Head) -> Tensor {
    head.classCount == classCount
      ? evaluationLogits : Tensor([head.classCount], capacity: evaluationCapacity)
  }

  private func add(_ features: Tensor, with head: Head, to found: inout EvaluatedLogits) {
    let outputs = outputs(of: head)
    head.logits(features, into: outputs)
    found.values += outputs.array
    for sample in 0..<features.count {
      found.featureNorms.append(
        features.buffer(of: sample).withSpan { values in
          var sum = 0.0
          for place in values.indices { sum += Double(values[place]) * Double(values[place]) }
          return sum.squareRoot()
        })
    }
  }
}
