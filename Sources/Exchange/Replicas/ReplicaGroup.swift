import MPI
import Tensors

/// The replicas of a modality, as one of them sees it: who they are, how they lie on nodes, memory that those
/// of a node share, and small exchanges. Everything here is done by all of them, in the same order.
public final class ReplicaGroup {
  /// The ranks of the replicas, the leader's first.
  public let ranks: [Int]
  /// This replica's place among them.
  public let place: Int
  /// How they lie on nodes.
  public private(set) var grid: ReplicaGrid
  /// Why replicas of a node have no memory together though they could, one sentence; nil: they have.
  public private(set) var notice: String?
  /// How the group speaks.
  public let endpoint: Endpoint

  private(set) var board: ReplicaBoard
  /// The number of the exchange of numbers that was the last.
  var exchangeCount: UInt32 = 0
  /// What goes on for the group while this replica waits or works; nil: nothing.
  public var progress: (() throws -> Void)?

  /// The group of `ranks`, which all of them make at the same time. One rank alone is a group, too.
  ///
  /// - Parameter most: replicas that share memory at most; the others of a node are as on other nodes.
  public init(_ ranks: [Int], endpoint: Endpoint, mostOnNode most: Int = .max) throws {
    guard let place = ranks.firstIndex(of: endpoint.worldRank), Set(ranks).count == ranks.count
    else { preconditionFailure("rank \(endpoint.worldRank) is not one of \(ranks), each once") }
    (self.ranks, self.place, self.endpoint) = (ranks, place, endpoint)
    grid = ReplicaGrid(apart: ranks.count)
    board = ReplicaBoard(SharedMemory(ofProcess: ReplicaBoard.byteCount(grid)), grid)
    guard ranks.count > 1 else { return }
    endpoint.know(ReplicaMessages.kinds)
    endpoint.fellows = ranks.filter { $0 != endpoint.worldRank }
    grid = ReplicaGrid(firsts: try tellNodes(), most: most)
    if let memory = try share(ReplicaBoard.byteCount(grid)) {
      board = ReplicaBoard(memory, grid)
    } else {
      grid = ReplicaGrid(apart: ranks.count)
      board = ReplicaBoard(SharedMemory(ofProcess: ReplicaBoard.byteCount(grid)), grid)
    }
    endpoint.fellows = grid.counterparts(of: place).map { ranks[$0] }
    endpoint.whileWorking = { [weak self] in
      guard let self else { return }
      self.board.beat(self.grid.local(of: self.place))
      try self.progress?()
    }
  }

  /// The number of replicas.
  public var count: Int { ranks.count }
  /// Whether this is the group's first replica.
  public var isLeader: Bool { place == 0 }

  /// Where every replica may share memory, as all of them see it.
  private func tellNodes() throws -> [Int] {
    let own = ranks.firstIndex { $0 == endpoint.worldRank || endpoint.canShareMemory(with: $0) }
    guard isLeader else {
      try endpoint.send(ReplicaNode(first: own ?? place), to: ranks[0])
      let nodes = try endpoint.receive(ReplicaNodes(), from: ranks[0])
      guard nodes.firsts.count == count else {
        throw ExchangeError.misfit(kind: ReplicaNodes.kind, number: -1)
      }
      return nodes.firsts
    }
    let firsts =
      try [0]
      + ranks.dropFirst().map {
        try endpoint.receive(ReplicaNode(), from: $0).first
      }
    for rank in ranks.dropFirst() { try endpoint.send(ReplicaNodes(firsts: firsts), to: rank) }
    return firsts
  }

  /// Memory that the replicas of each node have together, zeroed; nil where one of them cannot have it, and
  /// then none has: `notice` says why. A replica that is alone on its node has memory of its own.
  public func share(_ byteCount: Int) throws -> SharedMemory? {
    guard grid.localCount > 1 else { return SharedMemory(ofProcess: byteCount) }
    let (memory, reason) = try nodeMemory(byteCount)
    let verdict = try agree(on: reason)
    // All have it, or nobody wants it.
    if let memory, grid.local(of: place) == 0 { endpoint.transport.closeShared(memory) }
    guard verdict.isEmpty else {
      notice = "\(verdict): replicas of one node exchange messages instead"
      return nil
    }
    return memory
  }

  private func nodeMemory(_ byteCount: Int) throws -> (SharedMemory?, reason: String) {
    let fellows = grid.fellows(of: place)
    let transport = endpoint.transport
    var (memory, room) = (nil as SharedMemory?, ReplicaRoom())
    if place == fellows.lowerBound {
      do {
        memory = try transport.makeShared(byteCount)
        room.name = memory?.name ?? ""
      } catch let error as NoSharedMemory {
        room.reason = error.description
      }
      for fellow in fellows.dropFirst() { try endpoint.send(room, to: ranks[fellow]) }
    } else {
      room = try endpoint.receive(ReplicaRoom(), from: ranks[fellows.lowerBound])
      guard room.reason.isEmpty else { return (nil, room.reason) }
      do {
        memory = try transport.openShared(room.name, byteCount: byteCount)
      } catch let error as NoSharedMemory {
        room.reason = error.description
      }
    }
    return (memory, room.reason)
  }

  /// What is wrong with the first replica that something is wrong with.
  private func agree(on reason: String) throws -> String {
    guard isLeader else {
      try endpoint.send(ReplicaVerdict(reason: reason), to: ranks[0])
      return try endpoint.receive(ReplicaVerdict(), from: ranks[0]).reason
    }
    let reasons =
      try [reason]
      + ranks.dropFirst().map {
        try endpoint.receive(ReplicaVerdict(), from: $0).reason
      }
    let verdict = reasons.first { !$0.isEmpty } ?? ""
    for rank in ranks.dropFirst() { try endpoint.send(ReplicaVerdict(reason: verdict), to: rank) }
    return verdict
  }
}
