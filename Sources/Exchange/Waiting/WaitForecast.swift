/// How long a wait for a rank will last, from how long the last ones did.
///
/// In training the same wait comes back every cycle, and takes about as long.
struct WaitForecast {
  private var recent: [Duration] = []
  private var next = 0

  /// Whether there are enough waits to tell.
  var isKnown: Bool { recent.count == Self.memory }

  /// The longest of the last waits; zero until there are enough of them.
  private(set) var longest = Duration.zero

  /// Nine tenths of the shortest of the last waits; zero until there are enough of them.
  private(set) var certain = Duration.zero

  /// The number of waits that a forecast looks back on.
  private static let memory = 4

  /// Notes a wait that has ended.
  ///
  /// - Parameter overslept: whether the message was there before the forecast said so. Nobody knows
  ///   since when, so that the next forecasts are much shorter.
  mutating func note(_ waited: Duration, overslept: Bool = false) {
    let length = overslept ? certain / 2 : waited
    if recent.count < Self.memory {
      recent.append(length)
    } else {
      recent[next] = length
      next = (next + 1) % Self.memory
    }
    guard isKnown else { return }
    certain = (recent.min() ?? .zero) * 9 / 10
    longest = recent.max() ?? .zero
  }
}
