import Exchange
import Networks
import Tensors

extension ReplicaStep {
  /// The sum of all replicas' gradients of a block of one of this replica's pieces. It holds until the next.
  func total(of range: Range<Int>, inPiece index: Int) -> Buffer<Float> {
    let own = nodeSum(of: range, into: partial)
    guard !mail.partners.isEmpty else { return own }
    let first = starts[index] + range.lowerBound - pieces[index].range.lowerBound
    let parts = (0..<memory.grid.nodeCount).map { node in
      inbox[memory.grid.place(node: node, local: local)]?[first..<first + range.count] ?? own
    }
    let sum = scratch[0..<range.count]
    FixedSums.tree(parts, at: 0..<range.count, into: sum)
    return sum
  }

  /// The sum of the gradients that the replicas of this node have of `range`; `memory` is for it.
  func nodeSum(of range: Range<Int>, into memory: Buffer<Float>) -> Buffer<Float> {
    let gradients = self.memory.gradients
    let place =
      range.lowerBound - store.moving.lowerBound..<range.upperBound - store.moving.lowerBound
    guard gradients.count > 1 else { return gradients[0][place] }
    let sum = memory[0..<range.count]
    FixedSums.tree(gradients, at: place, into: sum)
    return sum
  }

  /// Keeps a sum where this replica's own gradients are, which nobody needs any more.
  func keep(_ sum: Buffer<Float>, of range: Range<Int>) {
    guard memory.grid.count > 1 else { return }
    store.gradients(of: range).update(from: sum)
  }

  /// The sums of squares of this replica's chunks, shown to the node and sent to others.
  func findSquares() {
    let plan = memory.plan
    for (index, bucket) in plan.buckets.enumerated() {
      let chunks = plan.chunks(of: bucket, node: node, local: local, in: memory.grid)
      for chunk in chunks {
        let range = plan.values(of: chunk..<chunk + 1, in: bucket)
        memory.squares[bucket.firstChunk + chunk] = GradientChunks.squares(
          store.gradients(of: range))
      }
      for partner in mail.partners {
        let words = words(of: chunks, in: bucket)
        mail.queue(ReplicaParcel(ReplicaPiece.squares, array: index, words), to: partner)
      }
    }
  }

  /// Where the squares of some chunks are among the words of all.
  func words(of chunks: Range<Int>, in bucket: ReplicaPlan.Bucket) -> Range<Int> {
    2 * (bucket.firstChunk + chunks.lowerBound)..<2 * (bucket.firstChunk + chunks.upperBound)
  }

  /// Whether this replica knows the squares of all that it and its partners have summed.
  var isNormKnown: Bool {
    mail.partners.allSatisfy { squaresFrom[$0, default: 0] == bucketCount } && mail.behind == nil
  }
}
