import Datasets
import Networks

extension ModalityLearner {
  /// The most samples that are evaluated at a time.
  var evaluationCapacity: Int { network.shardCapacity }

  /// The logits `[rows, K]` that `head` gives for rows of what a feed reads, without learning.
  public func logits(of rows: [Int], from feed: BatchFeed, head: Head) throws -> [Float] {
    try settle()
    var logits: [Float] = []
    logits.reserveCapacity(rows.count * classCount)
    for request in BatchRequest.evaluating(rows, atMost: evaluationCapacity) {
      try feed.load(request, into: input)
      head.logits(network.evaluate(input), into: evaluationLogits)
      logits += evaluationLogits.array
    }
    return logits
  }
}
