import Exchange
import Networks

/// Which values replicas sum and move together, and who of them moves which. Everything follows from the
/// network and the grid.
struct ReplicaPlan: Equatable {
  /// Layers that are exchanged together, neighbours.
  struct Bucket: Equatable {
    /// The values of each layer, in order.
    var layers: [Range<Int>]
    /// The number of chunks in the layers before these.
    var firstChunk: Int

    /// All values.
    var range: Range<Int> { layers[0].lowerBound..<layers[layers.count - 1].upperBound }
    /// The number of chunks.
    var chunkCount: Int { layers.reduce(0) { $0 + ReplicaPlan.chunkCount($1.count) } }
  }

  /// The floats that a bucket has at least, where there are so many: 1 MB.
  static let leastCount = 1 << 18
  /// The floats of a chunk, counted in each layer from its first value on: no replica moves part of one.
  static let chunk = GradientChunks.size

  /// In the order in which a backward pass completes them: from the last layer on.
  let buckets: [Bucket]
  /// The number of all chunks.
  let chunkCount: Int

  /// The floats of a piece at most.
  private let pieceCount: Int

  /// A plan for the layers that move, in order, in buckets of so many floats or more.
  init(
    layers: some Sequence<Range<Int>>, bucket least: Int = Self.leastCount,
    piece: Int = ReplicaPiece.count
  ) {
    let layers = layers.filter { !$0.isEmpty }
    chunkCount = layers.reduce(0) { $0 + Self.chunkCount($1.count) }
    pieceCount = piece
    var buckets: [Bucket] = []
    var chunks = chunkCount
    for layer in layers.reversed() {
      chunks -= Self.chunkCount(layer.count)
      if let last = buckets.last, last.range.count < least {
        buckets[buckets.count - 1].layers.insert(layer, at: 0)
        buckets[buckets.count - 1].firstChunk = chunks
      } else {
        buckets.append(Bucket(layers: [layer], firstChunk: chunks))
      }
    }
    self.buckets = buckets
  }

  private static func chunkCount(_ count: Int) -> Int { (count + chunk - 1) / chunk }

  /// The chunks of a bucket that a replica moves, counted in the bucket: first by its number on the node, then
  /// by the node.
  func chunks(of bucket: Bucket, node: Int, local: Int, in grid: ReplicaGrid) -> Range<Int> {
    func part(_ range: Range<Int>, _ index: Int, of count: Int) -> Range<Int> {
      let first = range.lowerBound
      return first + range.count * index / count..<first + range.count * (index + 1) / count
    }
    return part(part(0..<bucket.chunkCount, local, of: grid.localCount), node, of: grid.nodeCount)
  }

  /// The values of some chunks of a bucket.
  func values(of chunks: Range<Int>, in bucket: Bucket) -> Range<Int> {
    place(of: chunks.lowerBound, in: bucket)..<place(of: chunks.upperBound, in: bucket)
  }

  /// Where a chunk of a bucket begins.
  private func place(of chunk: Int, in bucket: Bucket) -> Int {
    var before = 0
    for layer in bucket.layers {
      let count = Self.chunkCount(layer.count)
      if chunk < before + count { return layer.lowerBound + (chunk - before) * Self.chunk }
      before += count
    }
    return bucket.range.upperBound
  }

  /// A stretch of values that one replica moves, and that is one message between nodes.
  struct Piece: Equatable {
    var bucket: Int
    var range: Range<Int>
  }

  /// What the replica of a node with this number moves, in order.
  func pieces(node: Int, local: Int, in grid: ReplicaGrid) -> [Piece] {
    buckets.indices.flatMap { index -> [Piece] in
      let bucket = buckets[index]
      let all = values(of: chunks(of: bucket, node: node, local: local, in: grid), in: bucket)
      return stride(from: all.lowerBound, to: all.upperBound, by: pieceCount).map {
        Piece(bucket: index, range: $0..<min($0 + pieceCount, all.upperBound))
      }
    }
  }
}
