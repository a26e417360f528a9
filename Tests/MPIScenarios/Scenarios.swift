import Exchange
import Foundation
import Glibc
import MPI
import Tensors

/// The scenarios by name.
enum Scenarios {
  static let ranks: [String: @Sendable (Scene) throws -> Void] = [
    "hello": hello, "stuck-at-start": hello, "ping-pong": pingPong, "late-peer": latePeer,
    "busy-sender": busySender,
    "out-of-turn": outOfTurn, "throws": throwing, "sleeps": sleeping, "refuses": refusing,
    "too-large": tooLarge, "leaves": leaving, "interrupted": interrupted, "waits": waiting,
    "latency": latency, "bad-rank": badRank, "bell": bell, "arrived": arrived,
    "far-ping-pong": farPingPong,
    "listens": listening,
  ]

  static let oneProcess: [String: @Sendable ([Int]) throws -> Void] = [
    "memory-interrupted": memoryInterrupted, "memory-works": memoryWorks,
    "components": components,
  ]

  /// Every rank tells who it is.
  static func hello(_ scene: Scene) throws {
    let world = scene.world
    guard MPIWorld.isLaunched == (world.size > 1) else {
      throw ScenarioError("isLaunched is wrong")
    }
    print("rank \(world.rank) of \(world.size), \(world.nodeSize) here on \(world.hostName)")
    print(MPIWorld.libraryVersion)
  }

  /// Messages of all sizes from 0 B to 8 MiB, back and forth between the coordinator and each rank.
  static func pingPong(_ scene: Scene) throws {
    let sizes = [0, 1, 7, 4096, 12_288, 310_000, 524_000, 524_288, 1 << 20, 8 << 20]
    for (turn, byteCount) in (sizes + sizes.reversed()).enumerated() {
      if scene.rank == 0 {
        for other in scene.others {
          try scene.send(.head, turn: turn, byteCount: byteCount, to: other)
        }
        for other in scene.others {
          try scene.expect(.headUpdate, turn: turn, byteCount: byteCount, from: other)
        }
      } else {
        try scene.expect(.head, turn: turn, byteCount: byteCount, from: 0)
        try scene.send(.headUpdate, turn: turn, byteCount: byteCount, to: 0)
      }
    }
    try scene.endpoint.flush()
    print("rank \(scene.rank) is content")
  }

  /// The same without bells, as between hosts.
  static func farPingPong(_ scene: Scene) throws {
    try pingPong(Scene(scene.world, numbers: scene.numbers, rings: false))
  }

  /// Rank 0 sleeps on its bell for ten minutes, unless rank 1 rings it.
  static func bell(_ scene: Scene) throws {
    guard scene.world.canRing(1 - scene.rank) else {
      throw ScenarioError("rank \(scene.rank) cannot ring")
    }
    if scene.rank == 0 {
      let heard = Bell.ringCount
      try scene.send(.ready, turn: 0, byteCount: 0, to: 1)
      Bell.listen(after: heard, atMost: .seconds(600))
      print("the bell was rung \(Bell.ringCount - heard) times")
    } else {
      try scene.expect(.ready, turn: 0, byteCount: 0, from: 0)
      rest(milliseconds: 200)
      scene.world.ring(0)
    }
  }

  /// A message that has been there for long is seen at the first look: who looks and then sleeps has nobody
  /// left to ring for it.
  static func arrived(_ scene: Scene) throws {
    if scene.rank == 0 {
      try scene.send(.ready, turn: 0, byteCount: 100, to: 1)
      try scene.endpoint.flush()
      // Rank 1 has its answer before this one looks.
      rest(milliseconds: 500)
      print("seen at the first look: \(try scene.world.arrival(from: 1) != nil)")
    } else {
      try scene.expect(.ready, turn: 0, byteCount: 100, from: 0)
      try scene.send(.ready, turn: 1, byteCount: 100, to: 0)
      try scene.endpoint.flush()
    }
  }

  /// Hundreds of messages, small ones and some of many pieces, are under way before anyone receives the first.
  static func latePeer(_ scene: Scene) throws {
    let count = scene.number(0, or: 400)
    func size(_ turn: Int) -> Int { turn % 50 == 49 ? turn * 5_000 : turn * 13 % 3000 }
    if scene.rank == 0 {
      for turn in 0..<count {
        for other in scene.others {
          try scene.send(.head, turn: turn, byteCount: size(turn), to: other)
        }
      }
      for other in scene.others { try scene.expect(.ready, turn: 0, byteCount: 5, from: other) }
    } else {
      rest(milliseconds: 200)
      for turn in 0..<count { try scene.expect(.head, turn: turn, byteCount: size(turn), from: 0) }
      try scene.send(.ready, turn: 0, byteCount: 5, to: 0)
    }
    try scene.endpoint.flush()
    print("rank \(scene.rank) is content")
  }

  /// A message above the eager limit whose sender computes before it asks MPI again.
  static func busySender(_ scene: Scene) throws {
    if scene.rank == 0 {
      try scene.expect(.logits, turn: 0, byteCount: 8 << 20, from: 1)
      print(share(of: scene))
    } else if scene.rank == 1 {
      try scene.send(.logits, turn: 0, byteCount: 8 << 20, to: 0)
      compute(milliseconds: 1000)
      try scene.endpoint.flush()
    }
  }

  /// Rank 1 is one turn ahead of what the coordinator expects.
  static func outOfTurn(_ scene: Scene) throws {
    if scene.rank == 0 {
      try scene.expect(.headUpdate, turn: 3, byteCount: 8, from: 1)
    } else {
      if scene.rank == 1 { try scene.send(.headUpdate, turn: 4, byteCount: 8, to: 0) }
      try scene.expect(.head, turn: 5, byteCount: 8, from: 0)
    }
  }

  /// One rank fails while all others wait for it.
  static func throwing(_ scene: Scene) throws {
    let failing = scene.number(0, or: 1)
    if scene.rank == failing { throw ScenarioError("rank \(failing) found no data") }
    try scene.expect(.head, turn: 0, byteCount: 0, from: failing)
  }

  /// Rank 1 does not answer within the coordinator's deadline.
  static func sleeping(_ scene: Scene) throws {
    if scene.rank == 0 {
      scene.endpoint.deadline = .milliseconds(300)
      try scene.expect(.headUpdate, turn: 12, byteCount: 0, from: 1)
    }
    rest(milliseconds: 60_000)
  }

  /// Rank 1 says why it cannot go on, in place of what the coordinator waits for.
  static func refusing(_ scene: Scene) throws {
    if scene.rank == 0 {
      try scene.expect(.inventory, turn: -1, byteCount: 0, from: 1)
    } else if scene.rank == 1 {
      try scene.endpoint.send(
        Refusal("train.csv, line 3: label 9 is not one of 6 classes"), to: 0)
      try scene.endpoint.flush()
    }
    try scene.expect(.roster, turn: -1, byteCount: 0, from: 0)
  }

  /// A message beyond what the transport carries.
  static func tooLarge(_ scene: Scene) throws {
    let small = Scene(scene.world, numbers: [], limit: 1000)
    guard small.rank == 1 else { return rest(milliseconds: 60_000) }
    try small.send(.roster, turn: -1, byteCount: 2000, to: 0)
  }

  /// One rank ends its process in the middle of the job, with the status given.
  static func leaving(_ scene: Scene) throws {
    if scene.rank == 1 { exit(Int32(scene.number(0, or: 0))) }
    try scene.expect(.head, turn: 0, byteCount: 0, from: 1)
  }

  /// The coordinator sends a signal to mpirun while every rank waits.
  static func interrupted(_ scene: Scene) throws {
    for other in scene.others where scene.rank == 0 {
      try scene.expect(.ready, turn: 0, byteCount: 0, from: other)
    }
    if scene.rank == 0 {
      kill(getppid(), Int32(scene.number(0, or: Int(SIGINT))))
    } else {
      try scene.send(.ready, turn: 0, byteCount: 0, to: 0)
    }
    try scene.expect(.head, turn: 0, byteCount: 0, from: scene.rank == 0 ? 1 : 0)
  }

  /// How many of MPI's components are still mapped when MPI has ended.
  static func components(_ numbers: [Int]) throws {
    try withMPI { _ in }
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps"))
    let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    let count = maps.split(separator: "\n").count { $0.contains("/mca_btl_") }
    print("\(count) are still mapped")
  }

  /// MPI refuses; its own words must arrive.
  static func badRank(_ scene: Scene) throws {
    _ = try scene.world.send(Buffer([1, 2, 3]), to: scene.world.size)
  }

  /// How much of a core a rank uses that waits for the milliseconds given.
  static func waiting(_ scene: Scene) throws {
    if scene.rank == 0 {
      for turn in 0..<scene.number(1, or: 1) {
        try scene.expect(.ready, turn: turn, byteCount: 0, from: 1)
      }
      print(share(of: scene))
    } else if scene.rank == 1 {
      for turn in 0..<scene.number(1, or: 1) {
        rest(milliseconds: scene.number(0, or: 2000))
        try scene.send(.ready, turn: turn, byteCount: 0, to: 0)
      }
    }
  }

  /// The time of a message, for each of the sizes given, while ranks above 1 compute.
  static func latency(_ scene: Scene) throws {
    for byteCount in scene.numbers {
      if scene.rank == 0 {
        let time = try LatencyProbe.measure(
          scene.endpoint, with: 1, byteCount: byteCount, rounds: 500)
        print("\(byteCount) B: \(time.seconds * 1e6) us, \(share(of: scene))")
      } else if scene.rank == 1 {
        try LatencyProbe.answer(scene.endpoint, to: 0, rounds: 500)
      } else {
        compute(milliseconds: 1000)
      }
    }
  }

  /// The one-process run is asked to end in its middle.
  static func memoryInterrupted(_ numbers: [Int]) throws {
    try OneProcess.run(ranks: 3, deadline: .seconds(60)) { endpoint in
      var turn = 0
      while true {
        if endpoint.worldRank == 0 {
          if turn == 100 { raise(SIGTERM) }
          for other in 1..<3 { try endpoint.send(endpoint.frame(.head, number: turn), to: other) }
          for other in 1..<3 {
            try endpoint.receive(.headUpdate, number: turn, from: other) { _ in }
          }
        } else {
          try endpoint.receive(.head, number: turn, from: 0) { _ in }
          try endpoint.send(endpoint.frame(.headUpdate, number: turn), to: 0)
        }
        turn += 1
      }
    }
  }

  private static func share(of scene: Scene) -> String {
    let waiting = scene.endpoint.waiting
    return "waited \(waiting.seconds) s, \(waiting.processorShare * 100) % of a core"
  }
}
