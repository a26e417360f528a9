/// Many steps of a xoshiro256++ generator at once. A step is linear over GF(2) in the 256 bits of the
/// state (Blackman and Vigna, 2019, section 5), so any number of steps is one matrix.
struct GeneratorJump {
  typealias State = (UInt64, UInt64, UInt64, UInt64)

  /// What each bit of a state becomes.
  private let images: [State]

  /// `2^doublings` steps.
  init(doublings: Int) {
    var images = (0..<256).map { bit in
      var state: State = (0, 0, 0, 0)
      withUnsafeMutableBytes(of: &state) {
        $0.storeBytes(of: UInt64(1) << (bit % 64), toByteOffset: bit / 64 * 8, as: UInt64.self)
      }
      return SeededGenerator.stepped(state)
    }
    for _ in 0..<doublings {
      let jump = GeneratorJump(images: images)
      images = images.map(jump.callAsFunction)
    }
    self.images = images
  }

  private init(images: [State]) { self.images = images }

  /// The state after the steps.
  func callAsFunction(_ state: State) -> State {
    var result: State = (0, 0, 0, 0)
    func add(_ word: UInt64, from first: Int) {
      var rest = word
      while rest != 0 {
        let image = images[first + rest.trailingZeroBitCount]
        result.0 ^= image.0
        result.1 ^= image.1
        result.2 ^= image.2
        result.3 ^= image.3
        rest &= rest - 1
      }
    }
    add(state.0, from: 0)
    add(state.1, from: 64)
    add(state.2, from: 128)
    add(state.3, from: 192)
    return result
  }
}
