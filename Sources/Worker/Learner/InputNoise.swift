import Tensors

/// Inputs of normal noise, each position with the mean and the deviation that it has over some samples: as far from
/// each other as real inputs are, and nothing in them fits together.
///
/// What is drawn for a sample follows from the seed, the stream and the sample alone.
struct InputNoise {
  private let seed: UInt64
  private let stream: String
  private var means: [Double]
  /// The sums of squared distances from the means.
  private var squares: [Double]
  private var count = 0

  /// Noise like no sample yet.
  ///
  /// - Parameter stride: the number of floats of a sample.
  init(stride: Int, seed: UInt64, stream: String) {
    (self.seed, self.stream) = (seed, stream)
    means = [Double](repeating: 0, count: stride)
    squares = means
  }

  /// Takes in the samples that the noise shall be like (Welford, 1962).
  mutating func absorb(_ samples: Tensor) {
    for sample in 0..<samples.count {
      LongWork.pass()
      count += 1
      let values = samples.buffer(of: sample)
      for place in means.indices {
        let distance = Double(values[place]) - means[place]
        means[place] += distance / Double(count)
        squares[place] += distance * (Double(values[place]) - means[place])
      }
    }
  }

  /// Writes the input that takes a sample's place.
  func write(_ sample: Int, to input: Buffer<Float>) {
    LongWork.pass()
    var generator = SeededGenerator(seed: seed, stream: stream, numbers: [sample])
    generator.fill(input, deviation: 1)
    for place in means.indices {
      let deviation = (squares[place] / Double(max(1, count))).squareRoot()
      input[place] = Float(means[place] + deviation * Double(input[place]))
    }
  }
}
