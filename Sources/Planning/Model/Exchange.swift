/// What replicas do with their gradients while the backward pass goes on: when it ends, after the pass has.
struct ReplicaExchange {
  /// When the gradients of each bucket are complete, in the pass alone.
  var ready: [Double]
  /// The bytes of each bucket.
  var bytes: [Double]
  /// Bytes of gradients a second that the ranks of a node sum and step together.
  var summing: Double
  /// The nodes of the group.
  var nodes: Int
  /// Bytes a second of each direction between them.
  var bandwidth: Double
  /// One way between them, by bytes.
  var latency: Curve

  /// What the sums take of the ranks' own cores. The optimizer's step is in it.
  var summed: Double { summing > 0 ? bytes.reduce(0, +) / summing : 0 }

  /// What the wire takes.
  var sent: Double { nodes > 1 ? bytes.reduce(0, +) * onWire / bandwidth : 0 }

  /// What of it is left when the backward pass, sums included, is over.
  var exposed: Double {
    guard nodes > 1 else { return 0 }
    var (wireFree, sums, computed) = (0.0, 0.0, 0.0)
    for (bytes, ready) in zip(bytes, ready) {
      sums += summing > 0 ? bytes / summing : 0
      computed = ready + sums
      wireFree = max(wireFree, computed) + bytes * onWire / bandwidth
    }
    // Gradients go to the owner of a slice, its new values come back.
    let piece = min(bytes.last ?? 0, Double(NetworkProfile.pieceByteCount))
    let way = max(0, latency(piece) - piece / bandwidth)
    return max(0, wireFree + 2 * way - computed)
  }

  /// The part of the bytes that crosses each node's link in either direction.
  private var onWire: Double { 2 * Double(nodes - 1) / Double(nodes) }
}
