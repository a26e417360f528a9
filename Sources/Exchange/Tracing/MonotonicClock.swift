import Glibc

/// The clock that spans are recorded by, and how it is compared with those of other machines.
enum MonotonicClock {
  /// What tells machines apart: their clocks have nothing to do with each other. Names alone would not do:
  /// some clusters call every host `localhost`.
  static let machine: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    var boot = [UInt8](repeating: 0, count: 36)
    let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    if file >= 0 {
      _ = read(file, &boot, boot.count)
      close(file)
    }
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(host) \(String(decoding: boot, as: UTF8.self))"
  }()

  /// The exchanges that two clocks are compared by; none within a machine.
  static func rounds(between machine: String, _ other: String) -> Int { machine == other ? 0 : 32 }

  /// Nanoseconds since some moment of the machine's own.
  static var nanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// How far the clock of `rank`, which calls `answer` with as many rounds, is from this one; nil: there are
  /// no rounds, because it is the same.
  static func compare(_ endpoint: Endpoint, with rank: Int, rounds: Int) throws -> ClockOffset? {
    let trips = try (0..<rounds).map { round in
      let left = nanoseconds
      try endpoint.send(ClockReading(), number: round, to: rank)
      let other = try endpoint.receive(ClockReading(), number: round, from: rank).nanoseconds
      return (Int64(left), Int64(clamping: other), Int64(nanoseconds))
    }
    return ClockOffset(roundTrips: trips)
  }

  /// The other side of `compare`.
  static func answer(_ endpoint: Endpoint, rounds: Int) throws {
    for round in 0..<rounds {
      try endpoint.receive(ClockReading(), number: round, from: 0)
      try endpoint.send(ClockReading(nanoseconds: nanoseconds), number: round, to: 0)
    }
  }
}
