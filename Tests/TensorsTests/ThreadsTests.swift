import Glibc
import Synchronization
import Tensors
import Testing

@Suite struct ThreadsTests {
  @Test(arguments: [1, 2, 3, 7])
  func `every index is computed once, in pieces that begin at the grain`(threads: Int) {
    Threads.with(count: threads) {
      for count in [0, 1, 2, 5, 15, 16, 17, 100, 1_001] {
        for grain in [1, 2, 16, 64, 2_000] {
          let visits = Visits(count)
          Threads.split(count, grain: grain) { range, lane in
            visits.note(range, lane, grain)
          }
          #expect(visits.areOneEach, "\(count) by \(grain), \(threads) threads")
          #expect(visits.pieces == min(threads, (count + grain - 1) / grain))
        }
      }
    }
  }

  @Test func `pieces run in different threads, each with a lane of its own`() {
    Threads.with(count: 3) {
      let seen = Mutex<[pthread_t: Int]>([:])
      Threads.split(3) { range, lane in seen.withLock { $0[pthread_self()] = lane } }
      #expect(seen.withLock { $0.values.sorted() } == [0, 1, 2])
      #expect(seen.withLock { $0[pthread_self()] } == 0)
    }
  }

  @Test func `there are no more pieces than lanes`() {
    Threads.with(count: 4) {
      let visits = Visits(100)
      Threads.split(100, lanes: 2) { range, lane in
        #expect(lane < 2)
        visits.note(range, lane, 1)
      }
      #expect(visits.areOneEach && visits.pieces == 2)
    }
  }

  @Test func `a piece has at least the least work`() {
    Threads.with(count: 4) {
      for (count, most) in [(1, 1), (2, 1), (3, 1), (4, 2), (6, 3), (100, 4)] {
        let visits = Visits(count)
        Threads.split(count, work: Threads.leastWork / 2) { range, lane in
          visits.note(range, lane, 1)
        }
        #expect(visits.areOneEach)
        #expect(visits.pieces == most, "\(count) indices")
      }
    }
  }

  @Test func `a split within a split is one piece of the same lane`() {
    Threads.with(count: 3) {
      let visits = Visits(300)
      Threads.split(3) { outer, lane in
        for index in outer {
          Threads.split(100) { inner, innerLane in
            #expect(inner == 0..<100 && innerLane == lane)
            visits.note(inner.lowerBound + index * 100..<inner.upperBound + index * 100, lane, 1)
          }
        }
      }
      #expect(visits.areOneEach && visits.pieces == 3)
    }
  }

  @Test func `callers at the same time all get their work done`() {
    Threads.with(count: 2) {
      // Each piece is a caller of the same team, which is taken.
      let visits = (0..<2).map { _ in Visits(10_000) }
      Threads.split(2) { callers, _ in
        for caller in callers {
          for first in stride(from: 0, to: 10_000, by: 100) {
            Threads.split(100) { range, lane in
              visits[caller].note(range.lowerBound + first..<range.upperBound + first, lane, 1)
            }
          }
        }
      }
      for each in visits { #expect(each.areOneEach) }
    }
  }

  @Test func `the team grows and shrinks between splits`() {
    Threads.with(count: 2) {
      for size in [1, 4, 2, 1, 3, 5, 1] {
        Threads.count = size
        #expect(Threads.count == size)
        for _ in 0..<20 {
          let visits = Visits(64)
          Threads.split(64) { range, lane in visits.note(range, lane, 1) }
          #expect(visits.areOneEach && visits.pieces == size)
        }
      }
    }
  }

  @Test func `a team within another leaves the other as it was`() {
    Threads.with(count: 3) {
      Threads.with(count: 2) { #expect(Threads.count == 2) }
      #expect(Threads.count == 3)
    }
  }

  @Test func `a sum has as many blocks for one thread as for many`() {
    let most = 16
    for work in [0, 1, Threads.leastWork, 3 * Threads.leastWork, 100 * Threads.leastWork] {
      let counts = [1, 2, 5].map { threads in
        Threads.with(count: threads) { Threads.blockCount(work: work) }
      }
      #expect(Set(counts).count == 1 && (1...most).contains(counts[0]))
    }
  }

  @Test func `a child computes alone`() {
    Threads.with(count: 2) {
      Threads.split(2) { _, _ in }
      let child = fork_process()
      if child == 0 {
        var sum = 0
        Threads.split(100) { range, lane in sum += range.count + lane }
        _exit(sum == 100 ? 0 : 1)
      }
      var status: Int32 = 0
      waitpid(child, &status, 0)
      #expect(status == 0)
    }
  }

  @Test func `helpers block the signals of the process and the caller none`() {
    Threads.with(count: 2) {
      var before = sigset_t()
      pthread_sigmask(SIG_SETMASK, nil, &before)
      let isBlocked = Mutex<[Int: Bool]>([:])
      Threads.split(2) { range, lane in
        var mask = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &mask)
        isBlocked.withLock { $0[lane] = sigismember(&mask, SIGUSR1) == 1 }
      }
      #expect(isBlocked.withLock { $0[1] } == true)
      #expect(isBlocked.withLock { $0[0] } == (sigismember(&before, SIGUSR1) == 1))
    }
  }
}

/// How often each index was computed, noted by several threads.
private final class Visits: Sendable {
  private let counts: Mutex<(each: [Int], pieces: Int, areAligned: Bool)>

  init(_ count: Int) { counts = Mutex((Array(repeating: 0, count: count), 0, true)) }

  func note(_ range: Range<Int>, _ lane: Int, _ grain: Int) {
    counts.withLock { counts in
      for index in range { counts.each[index] += 1 }
      counts.pieces += 1
      if range.lowerBound % grain != 0 || lane < 0 || range.isEmpty { counts.areAligned = false }
    }
  }

  var pieces: Int { counts.withLock(\.pieces) }
  var areOneEach: Bool {
    counts.withLock { $0.areAligned && $0.each.allSatisfy { $0 == 1 } }
  }
}

/// `fork`, which Swift keeps from programs that do not mean it.
private func fork_process() -> pid_t {
  typealias Fork = @convention(c) () -> pid_t
  guard let symbol = dlsym(nil, "fork") else { return -1 }
  return unsafeBitCast(symbol, to: Fork.self)()
}
