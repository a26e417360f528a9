import Glibc
import Synchronization
import Testing

@testable import Exchange

@Suite struct OneProcessTests {
  /// Runs ranks whose waits end after a minute.
  private func run(
    _ ranks: Int, deadline: Duration = .seconds(60),
    _ body: @Sendable @escaping (Endpoint) throws -> Void
  ) throws {
    try OneProcess.run(ranks: ranks, deadline: deadline, body: body)
  }

  @Test(arguments: [1, 2, 3, 17])
  func `messages keep their order and content between all pairs`(ranks: Int) throws {
    let received = Mutex(0)
    try run(ranks) { endpoint in
      let me = endpoint.worldRank
      #expect(endpoint.worldSize == ranks)
      for turn in 0..<100 {
        for other in 0..<ranks {
          let frame = endpoint.frame(.logits, number: turn)
          frame.append([Float](repeating: Float(me), count: turn))
          try endpoint.send(frame, to: other)
        }
      }
      for turn in 0..<100 {
        for other in 0..<ranks {
          let values = try endpoint.receive(.logits, number: turn, from: other) {
            try $0.readArray(of: Float.self)
          }
          #expect(values == [Float](repeating: Float(other), count: turn))
          received.withLock { $0 += 1 }
        }
      }
    }
    #expect(received.withLock { $0 } == 100 * ranks * ranks)
  }

  @Test func `a thousand ranks begin, take their turns, and end`() throws {
    let (ranks, cycles) = (1001, 3)
    let taken = Mutex<[Int]>([])
    try OneProcess.run(ranks: ranks, deadline: .seconds(60), stackByteCount: 256 << 10) {
      endpoint in
      let me = endpoint.worldRank
      for cycle in 0..<cycles {
        if me > 0 {
          try endpoint.receive(.head, number: cycle, from: 0) { _ in }
          try endpoint.send(endpoint.frame(.headUpdate, number: cycle), to: 0)
        } else {
          for other in 1..<ranks {
            try endpoint.send(endpoint.frame(.head, number: cycle), to: other)
            try endpoint.receive(.headUpdate, number: cycle, from: other) { _ in }
            taken.withLock { $0.append(other) }
          }
        }
      }
    }
    #expect(taken.withLock { $0 } == (0..<cycles).flatMap { _ in 1..<ranks })
  }

  @Test
  func `a wait for several ranks ends with the first that sends, and the first named comes first`()
    throws
  {
    let heard = Mutex<[Int]>([])
    try run(4) { endpoint in
      switch endpoint.worldRank {
      case 0:
        for _ in 0..<3 {
          let sender = try endpoint.awaitMessage(fromAnyOf: [3, 2])
          heard.withLock { $0.append(sender) }
          try endpoint.receive(.ready, from: sender) { _ in }
          try endpoint.send(endpoint.frame(.ready), to: 1)
        }
        #expect(!endpoint.hasMessage(from: 3))
      case 1:
        for _ in 0..<3 { try endpoint.receive(.ready, from: 0) { _ in } }
      case 2:
        try endpoint.send(endpoint.frame(.ready), to: 0)
        try endpoint.send(endpoint.frame(.ready), to: 0)
      default: try endpoint.send(endpoint.frame(.ready), to: 0)
      }
    }
    // Rank 2 runs first, so that rank 0 has its messages and rank 3's when it goes on.
    #expect(heard.withLock { $0 } == [3, 2, 2])
  }

  @Test func `a wait for several ranks that nobody ends names the first`() {
    let error = #expect(throws: ExchangeError.self) {
      try run(3) { if $0.worldRank == 0 { _ = try $0.awaitMessage(fromAnyOf: [2, 1]) } }
    }
    #expect(error.map { "\($0)".contains("rank 2, which has ended") } ?? false)
  }

  @Test func `one rank runs at a time`() throws {
    let running = Mutex(0)
    let most = Mutex(0)
    @Sendable func work() {
      let now = running.withLock { count in
        count += 1
        return count
      }
      most.withLock { $0 = max($0, now) }
      usleep(200)
      running.withLock { $0 -= 1 }
    }
    try run(4) { endpoint in
      for turn in 0..<20 {
        work()
        if endpoint.worldRank == 0 {
          for other in 1..<4 { try endpoint.send(endpoint.frame(.head, number: turn), to: other) }
          work()
          for other in 1..<4 { try endpoint.receive(.ready, number: turn, from: other) { _ in } }
        } else {
          try endpoint.receive(.head, number: turn, from: 0) { _ in }
          work()
          try endpoint.send(endpoint.frame(.ready, number: turn), to: 0)
        }
      }
    }
    #expect(most.withLock { $0 } == 1)
  }

  @Test func `a long run needs a handful of frames`() throws {
    let frames = Mutex<Set<ObjectIdentifier>>([])
    try run(2) { endpoint in
      for turn in 0..<500 {
        let other = 1 - endpoint.worldRank
        let frame = endpoint.frame(.probe, number: turn)
        frames.withLock { _ = $0.insert(ObjectIdentifier(frame)) }
        try endpoint.send(frame, to: other)
        try endpoint.receive(.probe, number: turn, from: other) { received in
          frames.withLock { _ = $0.insert(ObjectIdentifier(received)) }
        }
      }
    }
    #expect(frames.withLock { $0.count } <= 8)
  }

  @Test func `a message out of turn names both sides`() {
    #expect {
      try run(2) { endpoint in
        endpoint.describe(1, as: "modality audio, host node3")
        if endpoint.worldRank == 1 {
          try endpoint.send(endpoint.frame(.headUpdate, number: 8), to: 0)
        } else {
          try endpoint.receive(.headUpdate, number: 7, from: 1) { _ in }
        }
      }
    } throws: { error in
      "\(error)"
        == "rank 0 expected headUpdate of turn 7 from rank 1 (modality audio, host node3), but rank 1 (modality audio, host node3) sent headUpdate of turn 8; all ranks must run the same build and configuration"
    }
  }

  @Test func `a refusal arrives in place of what was expected`() {
    #expect(throws: ExchangeError.refused(by: "rank 1", reason: "no such file: a.wav")) {
      try run(2) { endpoint in
        if endpoint.worldRank == 1 {
          try endpoint.send(Refusal("no such file: a.wav"), to: 0)
        } else {
          try endpoint.receive(.inventory, from: 1) { _ in }
        }
      }
    }
  }

  @Test func `ranks that wait for each other are told at once who waits for whom`() {
    let expected =
      "nobody is left to send what is waited for: "
      + "rank 0 waits for headUpdate of turn 4 from rank 1 (modality text); "
      + "rank 1 (modality text) waits for head of turn 5 from rank 0; "
      + "rank 2 waits for roster from rank 3, which has ended"
    #expect(throws: ExchangeError.stopped(expected)) {
      try run(4, deadline: .seconds(3600)) { endpoint in
        switch endpoint.worldRank {
        case 0: try endpoint.receive(.headUpdate, number: 4, from: 1) { _ in }
        case 1:
          endpoint.describe(1, as: "modality text")
          try endpoint.receive(.head, number: 5, from: 0) { _ in }
        case 2: try endpoint.receive(.roster, from: 3) { _ in }
        default: break
        }
      }
    }
  }

  @Test func `a rank that waits for itself is told so`() {
    #expect(
      throws: ExchangeError.stopped(
        "nobody is left to send what is waited for: rank 0 waits for ready from rank 0")
    ) {
      try run(1) { try $0.receive(.ready, from: 0) { _ in } }
    }
  }

  @Test(arguments: 0..<4)
  func `the first error ends all ranks and is thrown`(failing: Int) {
    struct Failure: Error, Equatable {}
    let others = Mutex<[String]>([])
    #expect(throws: Failure()) {
      try run(4) { endpoint in
        do {
          for turn in 0..<10 {
            for other in 0..<4 {
              try endpoint.send(endpoint.frame(.probe, number: turn), to: other)
            }
            if turn == 5 && endpoint.worldRank == failing { throw Failure() }
            for other in 0..<4 { try endpoint.receive(.probe, number: turn, from: other) { _ in } }
          }
        } catch let error as ExchangeError {
          others.withLock { $0.append("\(error)") }
          throw error
        }
      }
    }
    let expected = "rank \(failing) failed: Failure()"
    #expect(others.withLock { $0 } == Array(repeating: expected, count: 3))
  }

  @Test func `a rank that goes on after an error is stopped at each call`() {
    struct Failure: Error {}
    let errors = Mutex<[String]>([])
    @Sendable func note(_ call: () throws -> Void) {
      do { try call() } catch { errors.withLock { $0.append("\(error)") } }
    }
    #expect(throws: Failure.self) {
      try run(2) { endpoint in
        if endpoint.worldRank == 1 { throw Failure() }
        for _ in 0..<2 {
          note { try endpoint.receive(.ready, from: 1) { _ in } }
          note { try endpoint.send(endpoint.frame(.ready), to: 1) }
          note { try endpoint.flush() }
        }
      }
    }
    let expected = Array(repeating: "rank 1 failed: Failure()", count: 6)
    #expect(errors.withLock { $0 } == expected)
  }

  @Test func `a rank that has not begun when another fails never begins`() {
    struct Failure: Error {}
    let begun = Mutex<[Int]>([])
    #expect(throws: Failure.self) {
      try run(3) { endpoint in
        begun.withLock { $0.append(endpoint.worldRank) }
        throw Failure()
      }
    }
    #expect(begun.withLock { $0 } == [0])
  }

  @Test func `a wait beyond its deadline names who waited for whom`() {
    #expect(
      throws: ExchangeError.deadlineExceeded(
        waiter: "rank 0", awaited: "rank 1 (modality image)", purpose: "headUpdate of turn 9",
        seconds: 0.02)
    ) {
      try run(2) { endpoint in
        endpoint.describe(1, as: "modality image")
        if endpoint.worldRank == 0 {
          endpoint.deadline = .milliseconds(20)
          try endpoint.receive(.headUpdate, number: 9, from: 1) { _ in }
        } else {
          usleep(60_000)
          try endpoint.receive(.head, number: 9, from: 0) { _ in }
        }
      }
    }
  }

  @Test func `a message that is there is taken whatever the time`() throws {
    try run(2) { endpoint in
      if endpoint.worldRank == 0 {
        endpoint.deadline = .milliseconds(1)
        try endpoint.receive(.ready, from: 1) { _ in }
      } else {
        usleep(20_000)
        try endpoint.send(endpoint.frame(.ready), to: 0)
      }
    }
  }

  @Test func `waiting is booked and costs no processor time`() throws {
    let record = Mutex(WaitingRecord())
    try run(2) { endpoint in
      if endpoint.worldRank == 0 {
        try endpoint.receive(.ready, from: 1) { _ in }
        record.withLock { $0 = endpoint.waiting }
      } else {
        usleep(50_000)
        try endpoint.send(endpoint.frame(.ready), to: 0)
      }
    }
    let waiting = record.withLock { $0 }
    #expect(waiting.seconds >= 0.04)
    #expect(waiting.processorSeconds < waiting.seconds)
  }

  @Test func `a system without room for the threads is an error`() {
    #expect(throws: ExchangeError.self) {
      try OneProcess.run(ranks: 3, deadline: .seconds(1), stackByteCount: 1 << 60) { _ in }
    }
  }

  @Test func `latency is measured between two ranks`() throws {
    let time = Mutex(Duration.zero)
    try run(2) { endpoint in
      if endpoint.worldRank == 0 {
        let found = try LatencyProbe.measure(endpoint, with: 1, byteCount: 12_000, rounds: 9)
        time.withLock { $0 = found }
      } else {
        try LatencyProbe.answer(endpoint, to: 0, rounds: 9)
      }
    }
    #expect(time.withLock { $0 } > .zero)
  }
}
