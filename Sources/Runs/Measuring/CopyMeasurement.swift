import Glibc
import Networks
import Planning
import Synchronization
import Tensors

/// How much several copies of an encoder slow each other when all of them compute, each on a thread of its
/// own with its own memory, as ranks of a node do.
enum CopyMeasurement {
  /// The median time of both passes with so many copies at once; nil where the system has no room.
  ///
  /// - Parameter make: makes what one copy does in a step. Called on the copy's own thread.
  static func seconds(
    copies: Int, steps: Int, _ make: @escaping @Sendable () throws -> () throws -> Void
  ) throws -> Double? {
    let state = State()
    do {
      let crew = ThreadCrew(copies) { _ in
        do {
          let step = try make()
          try step()
          state.arrive()
          guard state.waitForAll(copies) else { return }
          var times: [Double] = []
          // Whoever is through goes on, so that the others are measured beside it to their end.
          while !state.isOver(copies) {
            let began = Stopwatch.now
            try step()
            times.append(Stopwatch.now - began)
            if times.count == steps { state.finish(times) }
          }
        } catch { state.fail(error) }
      }
      guard crew.count == copies else {
        state.fail(nil)
        return nil
      }
      while !state.isOver(copies) {
        do { try LongWork.step() } catch {
          state.fail(error)
          throw error
        }
        usleep(2000)
      }
    }
    if let error = state.error { throw error }
    return state.times.isEmpty ? nil : Measurement(state.times).median
  }

  /// What the copies have together.
  private final class State: Sendable {
    private struct Facts {
      var arrived = 0
      var finished = 0
      var times: [Double] = []
      var error: (any Error)?
      var isEnded = false
    }
    private let facts = Mutex(Facts())

    var times: [Double] { facts.withLock { $0.times } }
    var error: (any Error)? { facts.withLock { $0.error } }

    func arrive() { facts.withLock { $0.arrived += 1 } }

    func waitForAll(_ count: Int) -> Bool {
      while true {
        let (all, isEnded) = facts.withLock { ($0.arrived >= count, $0.isEnded) }
        if isEnded { return false }
        if all { return true }
        usleep(200)
      }
    }

    func finish(_ times: [Double]) {
      facts.withLock {
        $0.finished += 1
        $0.times += times
      }
    }

    func isOver(_ count: Int) -> Bool { facts.withLock { $0.isEnded || $0.finished >= count } }

    func fail(_ error: (any Error)?) {
      facts.withLock {
        $0.isEnded = true
        $0.error = $0.error ?? error
      }
    }
  }
}
