/// The machines of a planned run.
public struct Cluster: Sendable, Equatable {
  /// The nodes.
  public var nodes: Int
  /// The cores of each.
  public var cores: Int
  /// Bytes of memory of each; 0: unknown.
  public var memory: Double
  /// Bytes of /dev/shm of each; 0: unknown.
  public var sharedMemory: Double

  /// So many alike nodes.
  public init(nodes: Int, cores: Int, memory: Double = 0, sharedMemory: Double = 0) {
    (self.nodes, self.cores) = (max(1, nodes), max(1, cores))
    (self.memory, self.sharedMemory) = (memory, sharedMemory)
  }
}

/// Which node each rank is on: node after node is filled in the order of ranks, a core for each thread.
/// The coordinator, which computes little while others do, takes none.
public struct Placement: Sendable, Equatable {
  /// The node of each rank; the coordinator is rank 0.
  public let nodes: [Int]
  /// The ranks of each modality.
  public let groups: [Range<Int>]
  /// The threads that compute on each node.
  public let threads: [Int]

  /// Places the ranks of `run`; what does not fit goes to the nodes with least to do.
  public init(_ run: PlannedRun, on cluster: Cluster) {
    var nodes = [0]
    var groups: [Range<Int>] = []
    var threads = Array(repeating: 0, count: cluster.nodes)
    var current = 0
    for modality in run.modalities {
      groups.append(nodes.count..<nodes.count + modality.ranks)
      for _ in 0..<modality.ranks {
        while current < cluster.nodes, threads[current] + modality.threads > cluster.cores,
          threads[current] > 0
        { current += 1 }
        let node =
          current < cluster.nodes
          ? current : threads.indices.min { threads[$0] < threads[$1] } ?? 0
        nodes.append(node)
        threads[node] += modality.threads
      }
    }
    (self.nodes, self.groups, self.threads) = (nodes, groups, threads)
  }

  /// How many ranks of a modality are on each node that has any.
  public func spread(of modality: Int) -> [Int: Int] {
    groups[modality].reduce(into: [:]) { $0[nodes[$1], default: 0] += 1 }
  }

  /// The node of the rank that speaks for a modality.
  public func leaderNode(of modality: Int) -> Int { nodes[groups[modality].lowerBound] }
}
