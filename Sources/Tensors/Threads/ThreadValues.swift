import Glibc

/// What a thread knows of itself.
enum ThreadValues {
  /// The team that it shares its work with; none: that of the process.
  static let team = key()
  /// What it counts its memory in; none: nothing is counted.
  static let plan = key()
  /// What it records its work with; none: nothing is recorded.
  static let recording = key()
  private static let lane = key()

  /// The lane of the calling thread: 0 for all but helpers.
  static var currentLane: Int {
    get { Int(bitPattern: pthread_getspecific(lane)) }
    set { pthread_setspecific(lane, UnsafeRawPointer(bitPattern: newValue)) }
  }

  private static func key() -> pthread_key_t {
    var key = pthread_key_t()
    let code = pthread_key_create(&key, nil)
    precondition(code == 0, "no room for a value of each thread")
    return key
  }
}
