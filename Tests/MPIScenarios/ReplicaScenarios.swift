import Exchange
import Foundation
import Glibc
import Tensors

/// What replicas of a modality do together.
extension Scenarios {
  static let replicas: [String: @Sendable (Scene) throws -> Void] = [
    "replicas": replicas, "replicas-slow": slowReplicas, "replicas-fail": failingReplica,
    "replicas-endless": endlessReplicas, "replicas-stuck": stuckReplica,
    "replicas-work": workingReplica, "replicas-full": fullFolder,
  ]

  private static func content(_ scene: Scene, _ replica: Replica) {
    let grid = replica.memory.grid
    print("rank \(scene.rank) is content, \(grid.nodeCount) x \(grid.localCount)")
  }

  /// All ranks are replicas, on one node and as if on several.
  static func replicas(_ scene: Scene) throws {
    let ranks = Array(0..<scene.world.size)
    for most in [ranks.count, 2, 1] {
      for clips in [false, true] {
        let replica = try Replica(scene, ranks, mostOnNode: most, clips: clips)
        for _ in 0..<3 {
          try replica.take()
          try replica.settle()
        }
        try replica.step.collectStates()
        try replica.step.spread()
        try replica.take()
        try replica.settle()
        try replica.group.meet(for: "the end")
        content(scene, replica)
      }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: "/dev/shm")
    let own = names.filter { $0.hasPrefix("antiphon_shared.") && $0.contains(".\(getpid()).") }
    guard own.isEmpty else { throw ScenarioError("\(own) would stay if this job were killed") }
  }

  /// Each replica in turn is late with each layer in turn: nobody may move what it still reads.
  static func slowReplicas(_ scene: Scene) throws {
    let ranks = Array(0..<scene.world.size)
    let replica = try Replica(scene, ranks)
    for slow in ranks {
      for layer in replica.store.layerRanges.indices {
        try replica.take { if $0 == layer, scene.rank == slow { rest(milliseconds: 8) } }
        try replica.settle()
      }
    }
    try replica.group.meet(for: "the end")
    content(scene, replica)
  }

  /// One replica fails in the middle of a step; the others hear of it though it says nothing.
  static func failingReplica(_ scene: Scene) throws {
    let replica = try Replica(scene, Array(0..<scene.world.size))
    let began = ContinuousClock.now
    do {
      // Whoever is still busy with this step when the next one fails hears of it here.
      try replica.take()
      try replica.settle()
      try replica.take { layer in
        guard scene.rank == 1, layer == 1 else { return }
        replica.group.fail()
        rest(milliseconds: 3000)
        throw ScenarioError("rank 1 found no data")
      }
      try replica.settle()
    } catch let error as ExchangeError {
      guard began.duration(to: .now) < .seconds(2) else { throw ScenarioError("too late") }
      print("rank \(scene.rank) hears: \(error)")
      rest(milliseconds: 60_000)
    }
  }

  /// Replicas go on until they are interrupted, and say then for whom they waited.
  static func endlessReplicas(_ scene: Scene) throws {
    let replica = try Replica(
      scene, Array(0..<scene.world.size), mostOnNode: scene.number(0, or: .max))
    do {
      while true {
        try replica.take()
        try replica.settle()
        if scene.rank == 0 { print("another step") }
      }
    } catch ExchangeError.interrupted {
      print("interrupted while waiting for \(scene.endpoint.missedDeed ?? "nobody")")
      fflush(nil)
      throw ExchangeError.interrupted
    }
  }

  /// One replica does nothing any more and says nothing. With three, the first waits for the second, which
  /// waits for the third.
  static func stuckReplica(_ scene: Scene) throws {
    let ranks = Array(0..<scene.world.size)
    let replica = try Replica(scene, ranks, mostOnNode: scene.number(0, or: .max))
    try replica.take()
    try replica.settle()
    scene.endpoint.deadline = .milliseconds(700)
    try replica.take { layer in
      if scene.rank == ranks.count - 1, layer == 0 { rest(milliseconds: 60_000) }
    }
    try replica.settle()
  }

  /// One replica works for two deadlines and more.
  static func workingReplica(_ scene: Scene) throws {
    scene.endpoint.deadline = .milliseconds(700)
    try scene.endpoint.working {
      for most in [Int.max, 1] {
        let replica = try Replica(scene, Array(0..<scene.world.size), mostOnNode: most)
        try replica.take { layer in
          guard scene.rank == 1, layer == 2 else { return }
          for _ in 0..<1600 {
            rest(milliseconds: 1)
            try LongWork.step()
          }
        }
        try replica.settle()
        try replica.group.meet(for: "the end")
        content(scene, replica)
      }
    }
  }

  /// The folder for shared memory has room for flags, and none for weights.
  static func fullFolder(_ scene: Scene) throws {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
    if scene.rank == 0 { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) }
    let replica = try Replica(scene, Array(0..<scene.world.size))
    try replica.take()
    try replica.settle()
    try replica.group.meet(for: "the end")
    print("rank \(scene.rank): \(replica.group.notice ?? "there was room")")
    content(scene, replica)
  }
}
