import Datasets
import Exchange
import Networks
import Tensors

/// What heads give for inputs that are not what they should be, without learning.
extension ModalityLearner {
  /// The logits `[K]` that `head` gives for an input of zeros.
  func zeroLogits(head: Head) throws -> [Float] {
    try blankLogits(heads: [head])[0].values
  }

  /// What each of several heads gives for an input of zeros.
  func blankLogits(heads: [Head]) throws -> [EvaluatedLogits] {
    try settle()
    input.count = 1
    input.held.update(repeating: 0)
    return logits(ofInputWith: heads)
  }

  /// What each of several heads gives for noise that is like rows of `source`.
  ///
  /// - Parameter samples: which sample each row is: what is drawn for it.
  func noiseLogits(
    like rows: [Int], samples: [Int], of source: any SampleSource, loaders: Int, heads: [Head],
    seed: UInt64, stream: String
  ) throws -> [EvaluatedLogits] {
    try settle()
    var noise = InputNoise(stride: input.stride, seed: seed, stream: stream)
    let requests = BatchRequest.evaluating(rows, atMost: evaluationCapacity)
    let feed = try BatchFeed(of: source, loaders: loaders, evaluating: requests)
    for request in requests {
      try feed.load(request, into: input)
      noise.absorb(input)
    }
    var found = heads.map { _ in EvaluatedLogits() }
    for piece in BatchRequest.evaluating(samples, atMost: evaluationCapacity) {
      input.count = piece.rows.count
      for (place, sample) in piece.rows.enumerated() {
        try LongWork.step()
        noise.write(sample, to: input.buffer(of: place))
      }
      add(logits(ofInputWith: heads), to: &found)
    }
    return found
  }

  /// What each of several heads gives for inputs each position of which was permuted by itself over the rows.
  ///
  /// - Parameter generator: what the permutations are drawn from.
  func shuffledLogits(
    of rows: [Int], from source: any SampleSource, loaders: Int, heads: [Head],
    _ generator: SeededGenerator
  ) throws -> [EvaluatedLogits] {
    try settle()
    let blocks = ColumnShuffle.blocks(of: rows, stride: input.stride)
    let feed = try BatchFeed(
      of: source, loaders: loaders,
      evaluating: blocks.flatMap { BatchRequest.evaluating($0, atMost: evaluationCapacity) })
    var generator = generator
    var found = heads.map { _ in EvaluatedLogits() }
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
        add(logits(ofInputWith: heads), to: &found)
      }
    }
    return found
  }

  private func logits(ofInputWith heads: [Head]) -> [EvaluatedLogits] {
    let features = network.evaluate(input)
    return heads.map { head in
      var found = EvaluatedLogits()
      add(features, with: head, to: &found)
      return found
    }
  }

  private func add(_ more: [EvaluatedLogits], to found: inout [EvaluatedLogits]) {
    for (place, logits) in more.enumerated() {
      found[place].values += logits.values
      found[place].featureNorms += logits.featureNorms
    }
  }
}
