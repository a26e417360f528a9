import Tensors

extension MelFilterBank {
  /// Kaldi's filters: triangles in mel, `1127 ln(1 + f / 700)`, of height 1.
  ///
  /// The corners of `bands` triangles are `bands + 2` points, equally spaced in mel from the lowest to
  /// the highest frequency, and a weight is linear in mel between them. The frequency in the middle of
  /// the spectrum, the last bin, weighs nothing.
  public static func kaldi(
    sampleRateHertz: Int, transform: Int, bands: Int, lowestHertz: Double, highestHertz: Double
  ) -> MelFilterBank {
    precondition(bands > 0 && transform > 0 && lowestHertz >= 0 && lowestHertz < highestHertz)
    func mel(_ hertz: Double) -> Double { 1127 * Elementary.logarithm(1 + hertz / 700) }
    let lowest = mel(lowestHertz)
    let step = (mel(highestHertz) - lowest) / Double(bands + 1)
    let binCount = transform / 2 + 1
    let places = (0..<binCount).map { mel(Double($0 * sampleRateHertz) / Double(transform)) }
    var weights: [Float] = []
    weights.reserveCapacity(bands * binCount)
    for band in 0..<bands {
      let left = lowest + Double(band) * step
      for bin in 0..<binCount - 1 {
        let rising = (places[bin] - left) / step
        weights.append(Float(max(0, min(rising, 2 - rising))))
      }
      weights.append(0)
    }
    return MelFilterBank(bandCount: bands, binCount: binCount, weights: weights)
  }
}
