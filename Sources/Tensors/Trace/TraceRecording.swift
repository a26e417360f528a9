import Synchronization

/// The spans of one rank, as many as there is room for: the newest.
public final class TraceRecording: Sendable {
  private struct State {
    var ring: [TraceSpan] = []
    /// Spans recorded so far.
    var count = 0
    var run: UInt32 = 0
    var turn: Int32 = -1
    var cycle: Int32 = -1
  }

  private let capacity: Int
  private let state: Mutex<State>

  /// A recording with room for `capacity` spans.
  public init(capacity: Int) {
    precondition(capacity > 0)
    self.capacity = capacity
    var state = State()
    // Memory that nobody touches yet, and no copies on the way.
    state.ring.reserveCapacity(capacity)
    self.state = Mutex(state)
  }

  /// What was recorded, the oldest first.
  public var contents: TraceContents {
    state.withLock { state in
      let oldest = state.count > capacity ? state.count % capacity : 0
      var spans = Array(state.ring[oldest...] + state.ring[..<oldest])
      var names: [String] = []
      var places: [String: UInt64] = [:]
      var known: [UInt64: UInt64] = [:]
      for index in spans.indices {
        let name = spans[index].name
        if known[name] == nil {
          let text = TraceName(
            address: UInt(name), byteCount: Int(spans[index].nameByteCount)
          ).text
          // The same literal may stand in several places.
          if places[text] == nil {
            places[text] = UInt64(names.count)
            names.append(text)
          }
          known[name] = places[text]
        }
        spans[index].name = known[name] ?? 0
      }
      return TraceContents(
        names: names, spans: spans, droppedCount: max(0, state.count - capacity))
    }
  }

  /// Adds a span; one that is not of the rank's own line belongs to no turn.
  func add(
    _ name: TraceName, from begin: UInt64, to end: UInt64, on track: TraceTrack,
    message: TracedMessage = .none
  ) {
    state.withLock { state in
      let isOwn = track == .role
      let span = TraceSpan(
        begin: begin, end: end, name: UInt64(name.address), nameByteCount: UInt32(name.byteCount),
        run: state.run, turn: isOwn ? state.turn : -1, cycle: isOwn ? state.cycle : -1,
        message: message, track: track)
      if state.ring.count < capacity {
        state.ring.append(span)
      } else {
        state.ring[state.count % capacity] = span
      }
      state.count += 1
    }
  }

  /// Says what the following spans belong to.
  func place(turn: Int, cycle: Int) {
    state.withLock { ($0.turn, $0.cycle) = (Int32(clamping: turn), Int32(clamping: cycle)) }
  }

  /// Begins another run.
  func beginRun() {
    state.withLock { state in
      state.run += 1
      (state.turn, state.cycle) = (-1, -1)
    }
  }
}
