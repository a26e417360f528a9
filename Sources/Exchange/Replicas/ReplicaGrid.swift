/// How the replicas of a group lie on nodes: `nodeCount` nodes with `localCount` replicas each, places in
/// order of the nodes.
///
/// What a node's replicas add up must be a subtree of the tree over all of them (`FixedSums.tree`): that is so
/// for one node, for one replica a node, and for a power of two. Where nodes hold other numbers of replicas,
/// or not consecutive ones, each replica is a node of its own.
public struct ReplicaGrid: Sendable, Equatable {
  /// The number of nodes.
  public let nodeCount: Int
  /// The number of replicas on each.
  public let localCount: Int

  /// Each of `count` replicas on a node of its own.
  public init(apart count: Int) { self.init(nodes: count, locals: 1) }

  private init(nodes: Int, locals: Int) { (nodeCount, localCount) = (nodes, locals) }

  /// Replicas by the place of the first that each shares memory with, in order of places.
  ///
  /// - Parameter most: replicas that may be on a node; what is beyond is another node.
  init(firsts: [Int], most: Int = .max) {
    let firsts = firsts.enumerated().map { place, first in place - (place - first) % most }
    let local = firsts.prefix { $0 == firsts.first }.count
    let isEven = firsts.indices.allSatisfy { firsts[$0] == $0 - $0 % local }
    let isSubtree = local == firsts.count || local & (local - 1) == 0
    guard isEven, isSubtree, firsts.count % local == 0 else {
      self.init(apart: firsts.count)
      return
    }
    self.init(nodes: firsts.count / local, locals: local)
  }

  /// The number of replicas.
  public var count: Int { nodeCount * localCount }

  /// The node of a replica.
  public func node(of place: Int) -> Int { place / localCount }

  /// A replica's number on its node.
  public func local(of place: Int) -> Int { place % localCount }

  /// The replica with this number on a node.
  public func place(node: Int, local: Int) -> Int { node * localCount + local }

  /// The replicas of the node that `place` is on.
  public func fellows(of place: Int) -> Range<Int> {
    let first = place - local(of: place)
    return first..<first + localCount
  }

  /// The replicas of the other nodes that have the number of `place` on theirs.
  public func counterparts(of place: Int) -> [Int] {
    (0..<nodeCount).filter { $0 != node(of: place) }
      .map { self.place(node: $0, local: local(of: place)) }
  }
}
