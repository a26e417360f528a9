import Exchange
import Glibc
import Tensors

/// Work that lasts longer than others wait for a rank that says nothing.
extension Scenarios {
  static let longWork: [String: @Sendable (Scene) throws -> Void] = [
    "works": working, "works-in-silence": workingInSilence,
    "works-behind-a-message": workingBehind, "half-a-message": halfAMessage,
    "suspended": suspended,
  ]

  /// Every rank in turn works for two deadlines and more while the others wait for it.
  static func working(_ scene: Scene) throws {
    scene.endpoint.deadline = .milliseconds(700)
    scene.endpoint.dependants = scene.rank == 0 ? Array(scene.others) : []
    scene.endpoint.employers = scene.rank == 0 ? [] : [0]
    try scene.endpoint.working {
      for worker in scene.others {
        if scene.rank == worker {
          try work(milliseconds: 1600)
          try scene.send(.report, turn: worker, byteCount: 5, to: 0)
        } else if scene.rank == 0 {
          try scene.expect(.report, turn: worker, byteCount: 5, from: worker)
        }
      }
      if scene.rank == 0 {
        try work(milliseconds: 1600)
        for other in scene.others { try scene.send(.roster, turn: 1, byteCount: 3, to: other) }
        try scene.endpoint.flush()
      } else {
        try scene.expect(.roster, turn: 1, byteCount: 3, from: 0)
      }
    }
    print("rank \(scene.rank) is content")
  }

  /// The same without a step: the one that waits gives up.
  static func workingInSilence(_ scene: Scene) throws {
    scene.endpoint.deadline = .milliseconds(700)
    if scene.rank == 0 { try scene.expect(.report, turn: 1, byteCount: 5, from: 1) }
    rest(milliseconds: 30_000)
  }

  /// A message too large to leave at once goes on while its sender works; no sign of life could
  /// overtake it.
  static func workingBehind(_ scene: Scene) throws {
    let byteCount = scene.number(0, or: 64) << 20
    scene.endpoint.deadline = .milliseconds(2500)
    scene.endpoint.employers = scene.rank == 0 ? [] : [0]
    try scene.endpoint.working {
      if scene.rank == 0 {
        try scene.endpoint.receive(.logits, number: 0, from: 1) { frame in
          guard try frame.readArray(of: UInt8.self).count == byteCount else {
            throw ScenarioError("bytes are missing")
          }
        }
      } else {
        // Zeros: to make a pattern would be work without a step.
        let frame = scene.endpoint.frame(.logits, number: 0)
        frame.append([UInt8](repeating: 0, count: byteCount))
        try scene.endpoint.send(frame, to: 0)
        try work(milliseconds: 4400, pieces: 400)
      }
    }
    if scene.rank == 0 { print("the message is there") }
    try scene.endpoint.flush()
  }

  /// A wait ends in the middle of a large message, whose sender sleeps: MPI goes on writing to memory
  /// that nobody else may have got meanwhile. Needs a system whose processes do not read each other's
  /// memory, or the message is there at once.
  static func halfAMessage(_ scene: Scene) throws {
    let byteCount = scene.number(0, or: 1_000_000)
    if scene.rank == 1 {
      try scene.send(.logits, turn: 0, byteCount: byteCount, to: 0)
      rest(milliseconds: 1500)
      try scene.send(.report, turn: 0, byteCount: 5, to: 0)
      return try scene.endpoint.flush()
    }
    scene.endpoint.deadline = .milliseconds(300)
    do {
      try scene.expect(.logits, turn: 0, byteCount: byteCount, from: 1)
      print("the message came whole")
    } catch let error as ExchangeError {
      print(error)
    }
    // What was given back to the system would be handed out again here.
    let pattern = [UInt8](repeating: 7, count: 1_000_000)
    let others = (0..<64).map { _ in [UInt8](repeating: 7, count: pattern.count) }
    scene.endpoint.deadline = .seconds(60)
    try scene.expect(.report, turn: 0, byteCount: 5, from: 1)
    guard others.allSatisfy({ memcmp($0, pattern, pattern.count) == 0 }) else {
      throw ScenarioError("MPI wrote to memory of somebody else")
    }
    print("the next message is there")
  }

  /// All ranks are stopped, for many times their deadline, while they exchange messages.
  static func suspended(_ scene: Scene) throws {
    scene.endpoint.deadline = .milliseconds(400)
    var processes = [getpid()]
    for turn in 0..<300 {
      let pid = getpid()
      if scene.rank == 0 {
        for other in scene.others {
          try scene.endpoint.receive(.headUpdate, number: turn, from: other) {
            let process = try $0.read(Int.self)
            if turn == 0 { processes.append(Int32(process)) }
          }
          try scene.send(.head, turn: turn, byteCount: 7, to: other)
        }
        if turn == 10 { try suspend(processes) }
        rest(milliseconds: 5)
      } else {
        let frame = scene.endpoint.frame(.headUpdate, number: turn)
        frame.append(Int(pid))
        try scene.endpoint.send(frame, to: 0)
        try scene.expect(.head, turn: turn, byteCount: 7, from: 0)
      }
    }
    try scene.endpoint.flush()
    print("rank \(scene.rank) is content")
  }

  /// Stops processes in a moment, one after the other, and wakes them up after some seconds, the same.
  private static func suspend(_ processes: [Int32]) throws {
    let list = processes.map(String.init)
    func each(_ signal: String) -> String {
      list.map { "kill -\(signal) \($0); sleep 0.1" }.joined(separator: "; ")
    }
    let script = "(sleep 0.2; \(each("STOP")); sleep 3; \(each("CONT"))) &"
    guard system(script) == 0 else { throw ScenarioError("no shell") }
  }

  /// A rank of one process is asked to end in the middle of its work.
  static func memoryWorks(_ numbers: [Int]) throws {
    try OneProcess.run(ranks: 2, deadline: .seconds(60)) { endpoint in
      guard endpoint.worldRank == 1 else {
        return try endpoint.receive(.report, number: 0, from: 1) { _ in }
      }
      raise(SIGTERM)
      try work(milliseconds: 60_000)
    }
  }

  private static func work(milliseconds: Int, pieces piece: Int = 1) throws {
    for _ in 0..<milliseconds / piece {
      rest(milliseconds: piece)
      try LongWork.step()
    }
  }
}
