import Glibc
import Synchronization
import Tensors
import Testing

/// The team is the process's own, so these run one after the other, and leave one thread.
@Suite(.serialized) struct ThreadsTests {
  @Test(arguments: [1, 2, 3, 7])
  func `every index is computed once, in pieces that begin at the grain`(threads: Int) {
    withThreads(threads) {
      for count in [0, 1, 2, 5, 15, 16, 17, 100, 1_001] {
        for grain in [1, 2, 16, 64, 2_000] {
          let visits = Visits(count)
          Threads.split(count, grain: grain) { range, lane in
            visits.note(range, lane, grain)
          }
          #expect(visits.areOneEach, "\(count) by \(grain), \(threads) threads")
          #expect(visits.pieces <= min(threads, (count + grain - 1) / grain))
        }
      }
    }
  }

  @Test func `pieces run in different threads, each with a lane of its own`() {
    withThreads(3) {
      var found: Set<Set<Int>> = []
      // A test in parallel may have the team for a moment.
      for _ in 0..<100 {
        let seen = Mutex<[pthread_t: Int]>([:])
        Threads.split(3) { range, lane in
          seen.withLock { $0[pthread_self()] = lane }
        }
        found.insert(seen.withLock { Set($0.values) })
        if seen.withLock({ $0.count == 3 }) { break }
      }
      #expect(found.contains([0, 1, 2]), "\(found)")
    }
  }

  @Test func `a piece has at least the least work`() {
    withThreads(4) {
      for (count, most) in [(1, 1), (2, 1), (3, 1), (4, 2), (6, 3), (100, 4)] {
        let visits = Visits(count)
        Threads.split(count, work: Threads.leastWork / 2) { range, lane in
          visits.note(range, lane, 1)
        }
        #expect(visits.areOneEach)
        #expect(visits.pieces <= most, "\(count) indices")
      }
    }
  }

  @Test func `a split within a split is one piece of the same lane`() {
    withThreads(3) {
      let visits = Visits(300)
      Threads.split(3) { outer, lane in
        for index in outer {
          Threads.split(100) { inner, innerLane in
            #expect(inner == 0..<100 && innerLane == lane)
            visits.note(inner.lowerBound + index * 100..<inner.upperBound + index * 100, lane, 1)
          }
        }
      }
      #expect(visits.areOneEach)
    }
  }

  @Test func `callers at the same time all get their work done`() {
    withThreads(2) {
      let visits = (0..<4).map { _ in Visits(10_000) }
      let threads = visits.map { visits in
        Worker {
          for first in stride(from: 0, to: 10_000, by: 100) {
            Threads.split(100) { range, lane in
              visits.note(range.lowerBound + first..<range.upperBound + first, lane, 1)
            }
          }
        }
      }
      for thread in threads { thread.join() }
      for each in visits { #expect(each.areOneEach) }
    }
  }

  @Test func `the team grows and shrinks between splits`() {
    for size in [1, 4, 2, 1, 3, 5, 1] {
      withThreads(size) {
        #expect(Threads.count == size)
        for _ in 0..<20 {
          let visits = Visits(64)
          Threads.split(64) { range, lane in visits.note(range, lane, 1) }
          #expect(visits.areOneEach)
        }
      }
    }
  }

  @Test func `helpers block every signal and the caller none`() {
    withThreads(2) {
      var before = sigset_t()
      pthread_sigmask(SIG_SETMASK, nil, &before)
      let isBlocked = Mutex<[Int: Bool]>([:])
      for _ in 0..<100 {
        Threads.split(2) { range, lane in
          var mask = sigset_t()
          pthread_sigmask(SIG_SETMASK, nil, &mask)
          isBlocked.withLock { $0[lane] = sigismember(&mask, SIGUSR1) == 1 }
        }
      }
      #expect(isBlocked.withLock { $0[1] } == true)
      #expect(isBlocked.withLock { $0[0] } == (sigismember(&before, SIGUSR1) == 1))
    }
  }
}

/// Runs `body` with so many threads, then with one again.
private func withThreads(_ count: Int, _ body: () -> Void) {
  Threads.count = count
  body()
  Threads.count = 1
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

/// A thread of a test.
private final class Worker: @unchecked Sendable {
  private let body: @Sendable () -> Void
  private var thread = pthread_t()

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
    let code = pthread_create(
      &thread, nil,
      { given in
        guard let given else { return nil }
        Unmanaged<Worker>.fromOpaque(given).takeUnretainedValue().body()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    #expect(code == 0)
  }

  func join() { pthread_join(thread, nil) }
}
