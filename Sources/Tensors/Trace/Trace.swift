import Glibc
import Synchronization

/// What a rank does, and when: spans of time with names, for a picture of the whole job.
///
/// Any room says what it does; nothing is recorded, and a branch is all that it costs, unless a recording
/// has begun on the rank's thread. Threads that it starts from then on record with it.
public enum Trace {
  /// How many threads record.
  private static let recorders = Atomic<Int>(0)

  /// The recording of this thread; nil: there is none.
  static var recording: TraceRecording? {
    guard recorders.load(ordering: .relaxed) > 0 else { return nil }
    return pthread_getspecific(ThreadValues.recording).map {
      Unmanaged<TraceRecording>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// Whether this thread records.
  public static var isOn: Bool { recording != nil }

  /// Records what this thread does from now on; one before it ends.
  public static func begin(_ recording: TraceRecording) {
    end()
    pthread_setspecific(ThreadValues.recording, Unmanaged.passRetained(recording).toOpaque())
    recorders.add(1, ordering: .relaxed)
  }

  /// Ends what this thread records, and returns it; nil: there was nothing.
  @discardableResult
  public static func end() -> TraceRecording? {
    guard let pointer = pthread_getspecific(ThreadValues.recording) else { return nil }
    pthread_setspecific(ThreadValues.recording, nil)
    recorders.subtract(1, ordering: .relaxed)
    return Unmanaged<TraceRecording>.fromOpaque(pointer).takeRetainedValue()
  }

  /// The same work, for a thread that records with this one.
  static func handedOn(_ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
    guard let recording else { return body }
    return {
      begin(recording)
      body()
      end()
    }
  }

  // MARK: - What is recorded

  /// Runs `body` as one span.
  public static func span<R, Failure: Error>(
    _ name: TraceName, on track: TraceTrack = .role, _ body: () throws(Failure) -> R
  ) throws(Failure) -> R {
    guard let recording else { return try body() }
    let began = now
    defer { recording.add(name, from: began, to: now, on: track) }
    return try body()
  }

  /// The moment for a later `note`; 0 where nothing is recorded.
  public static var time: UInt64 { recording == nil ? 0 : now }

  /// Records a span from a moment until now.
  ///
  /// - Parameter message: what leaves at its beginning, or has come by then: an arrow leads from the one to
  ///   the other.
  /// - Returns: the moment of its end, when the next one may begin.
  @discardableResult
  public static func note(
    _ name: TraceName, since began: UInt64, on track: TraceTrack = .role,
    message: @autoclosure () -> TracedMessage = .none
  ) -> UInt64 {
    guard let recording, began > 0 else { return 0 }
    let end = now
    recording.add(name, from: began, to: end, on: track, message: message())
    return end
  }

  /// Says which turn, and which cycle, the following spans of this rank belong to.
  public static func place(turn: Int = -1, cycle: Int = -1) {
    recording?.place(turn: turn, cycle: cycle)
  }

  /// Says that another run begins: turns are counted anew.
  public static func beginRun() { recording?.beginRun() }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
