import Tensors

/// What training changes at random in a finished spectrogram, as CAV-MAE does it: noise of a random
/// strength, then a turn along time.
struct SpectrogramVariation {
  private let shape: Shape
  private let jitter: Float
  private let roll: Int

  /// Nil where nothing is changed.
  init?(_ options: SpectrogramOptions, shape: Shape) {
    guard options.jitter > 0 || options.roll > 0 else { return nil }
    self.shape = shape
    jitter = Float(options.jitter)
    roll = options.roll
  }

  /// Changes a picture `[bands, frames, 1]`; without `random` it stays as it is.
  ///
  /// `x += jitter a u`, with `a` of a sample and `u` of a value uniform in `[0, 1)`; then frame t goes to
  /// `t + r`, round the end, with `r` uniform from `-roll` to `roll - 1`.
  func apply(random: inout SeededGenerator?, to picture: inout MutableSpan<Float>) {
    guard var generator = random else { return }
    if jitter > 0 {
      let strength = jitter * Float(generator.uniform())
      for place in picture.indices { picture[place] += strength * Float(generator.uniform()) }
    }
    if roll > 0 {
      let (bands, frames) = (shape[0], shape[1])
      let shift = (generator.integer(below: 2 * roll) - roll) % frames
      var row = [Float](repeating: 0, count: frames)
      for band in 0..<bands {
        for frame in 0..<frames {
          row[(frame + shift + frames) % frames] = picture[band * frames + frame]
        }
        for frame in 0..<frames { picture[band * frames + frame] = row[frame] }
      }
    }
    random = generator
  }
}
