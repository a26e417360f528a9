import Datasets
import Exchange
import MLA
import Networks
import Tensors

extension ModalityReplica {
  /// Gives `body` the logits of the samples of a split that this modality has, in roster order, as many at a
  /// time as `Roster.chunks` says, those of one head after the other: of a leader those of all, of another
  /// rank its own share.
  ///
  /// - Parameter sums: is given the features of all of them; nil: nobody asks.
  func evaluate(
    _ split: EvaluatedSplit, epoch: Int, heads: [Head], adding sums: FeatureSums? = nil,
    _ body: (EvaluatedLogits) throws -> Void
  ) throws {
    if link.hasOthers {
      try link.share(heads.enumerated().flatMap { $1.state.named(in: "\($0).") })
    }
    let chunks = chunks(of: split).map { samples in rows(of: samples, in: split) }
    let feed = try evaluationFeed(of: split, chunks)
    let seen = link.hasOthers ? nil : sums
    for (number, rows) in chunks.enumerated() {
      let owner = owner(ofChunk: number)
      if owner == link.place.rank {
        let found = try learner.logits(of: rows, from: feed, heads: heads) { seen?.add($0) }
        for logits in found { try body(logits) }
      } else if link.place.isLeader {
        for _ in heads {
          try body(link.endpoint.receive(EvaluatedLogits(), number: epoch, from: owner))
        }
      }
    }
    guard link.hasOthers, let sums else { return }
    // What others have seen is looked at once more, so that sums are added in one order, whoever shares them.
    let again = try BatchFeed(
      of: source(of: split), loaders: loaders,
      evaluating: chunks.flatMap { BatchRequest.evaluating($0, atMost: learner.evaluationCapacity) }
    )
    for rows in chunks { try learner.features(of: rows, from: again) { sums.add($0) } }
  }

  func chunks(of split: EvaluatedSplit) -> [ArraySlice<Int>] {
    rosters[split].chunks(of: modality, size: configuration.evaluation.batchSize)
  }

  func rows(of samples: some Sequence<Int>, in split: EvaluatedSplit) -> [Int] {
    samples.map { Int(rosters[split].rows[modality][$0]) }
  }

  func source(of split: EvaluatedSplit) -> any SampleSource {
    split == .test ? data.test : data.train
  }

  /// The rank that evaluates a chunk: which it is changes none of its bits.
  private func owner(ofChunk number: Int) -> Int {
    link.place.leader + number % link.place.ranks.count
  }

  /// What this rank's chunks of a split, which are always the same, are evaluated from.
  private func evaluationFeed(of split: EvaluatedSplit, _ chunks: [[Int]]) throws -> BatchFeed {
    if let feed = evaluationFeeds[split] { return feed }
    let own = chunks.enumerated().filter { owner(ofChunk: $0.offset) == link.place.rank }
    let feed = try BatchFeed(
      of: source(of: split), loaders: loaders,
      evaluating: own.flatMap {
        BatchRequest.evaluating($0.element, atMost: learner.evaluationCapacity)
      })
    evaluationFeeds[split] = feed
    return feed
  }
}
