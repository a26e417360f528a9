import Glibc

/// How fast training is going now: an average in which what is a minute old counts a third, so that a
/// slow start or a pause is soon forgotten.
struct Pace {
  private static let memorySeconds = 60.0

  private var seconds = 0.0
  private var cycles = 0.0
  private var samples = 0.0

  /// Adds what was done in the last so many seconds.
  mutating func note(cycles: Int, samples: Int, inSeconds duration: Double) {
    let kept = exp(-duration / Self.memorySeconds)
    seconds = seconds * kept + duration
    self.cycles = self.cycles * kept + Double(cycles)
    self.samples = self.samples * kept + Double(samples)
  }

  /// 0 before anything was noted.
  var samplesPerSecond: Double { seconds > 0 ? samples / seconds : 0 }

  /// How long so many cycles will take; nil while that is unknown.
  func seconds(forCycles count: Int) -> Double? {
    cycles > 0 ? Double(count) * seconds / cycles : nil
  }
}
