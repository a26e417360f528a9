import Datasets
import Exchange
import Networks
import Tensors

extension ModalityLearner {
  /// The most samples that are evaluated at a time.
  var evaluationCapacity: Int { network.shardCapacity }

  /// The logits that `head` gives for rows of what a feed reads, without learning.
  public func logits(
    of rows: [Int], from feed: BatchFeed, head: Head
  ) throws -> EvaluatedLogits {
    try settle()
    var found = EvaluatedLogits()
    found.values.reserveCapacity(rows.count * classCount)
    for request in BatchRequest.evaluating(rows, atMost: evaluationCapacity) {
      try feed.load(request, into: input)
      evaluate(with: head, into: &found)
    }
    return found
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
        evaluate(with: head, into: &found)
      }
    }
    return found
  }

  /// Adds what `head` gives for the samples in `input`.
  private func evaluate(with head: Head, into found: inout EvaluatedLogits) {
    let features = network.evaluate(input)
    head.logits(features, into: evaluationLogits)
    found.values += evaluationLogits.array
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
