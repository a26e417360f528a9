import Glibc

extension LongWork {
  /// Takes time and no core, as long work that looks up from time to time.
  public static func rest(seconds: Double) {
    guard seconds > 0 else { return }
    var left = seconds
    var next = timespec()
    clock_gettime(CLOCK_MONOTONIC, &next)
    while left > 0 {
      let piece = min(left, longestPiece)
      left -= piece
      next.tv_nsec += Int((piece * 1e9).rounded())
      next.tv_sec += next.tv_nsec / 1_000_000_000
      next.tv_nsec %= 1_000_000_000
      while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nil) == EINTR {}
      pass()
    }
  }

  /// Ranks look up as often from work that computes.
  private static let longestPiece = 0.01
}
