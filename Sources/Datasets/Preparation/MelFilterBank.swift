import Tensors

/// Triangular filters that sum a power spectrum into mel bands: `[bands, bins]`, row-major.
///
/// Slaney's mel scale and norm, the defaults of `librosa.filters.mel` (`htk=False, norm="slaney"`):
/// linear below 1 kHz (200/3 Hz a mel), logarithmic above (27 mel for each factor 6.4). The corners
/// of `bands` triangles are `bands + 2` points, equally spaced in mel from the lowest to the
/// highest frequency; a triangle is linear in hertz and has the area 1 there.
public struct MelFilterBank: Sendable {
  /// The number of rows.
  public let bandCount: Int
  /// The number of columns: the bins 0 … window/2 of a transform.
  public let binCount: Int
  /// The weights.
  public let weights: [Float]

  init(bandCount: Int, binCount: Int, weights: [Float]) {
    (self.bandCount, self.binCount, self.weights) = (bandCount, binCount, weights)
  }

  /// Filters for a transform over `window` samples; 0 <= `lowestHertz` < `highestHertz`.
  public init(
    sampleRateHertz: Int, window: Int, bands: Int, lowestHertz: Double, highestHertz: Double
  ) {
    precondition(bands > 0 && window > 0 && lowestHertz >= 0 && lowestHertz < highestHertz)
    let lowest = Self.mel(ofHertz: lowestHertz)
    let step = (Self.mel(ofHertz: highestHertz) - lowest) / Double(bands + 1)
    let corners = (0..<bands + 2).map { Self.hertz(ofMel: lowest + Double($0) * step) }
    bandCount = bands
    binCount = window / 2 + 1
    var weights: [Float] = []
    weights.reserveCapacity(bands * binCount)
    for band in 0..<bands {
      let (left, centre, right) = (corners[band], corners[band + 1], corners[band + 2])
      for bin in 0..<binCount {
        let frequency = Double(bin) * Double(sampleRateHertz) / Double(window)
        let rising = (frequency - left) / (centre - left)
        let falling = (right - frequency) / (right - centre)
        weights.append(Float(max(0, min(rising, falling)) * 2 / (right - left)))
      }
    }
    self.weights = weights
  }

  /// Where the scale turns from linear to logarithmic.
  private static let bendHertz = 1000.0
  private static let hertzPerMel = 200.0 / 3
  private static let logStep = Elementary.logarithm(6.4) / 27

  static func mel(ofHertz hertz: Double) -> Double {
    if hertz < bendHertz { return hertz / hertzPerMel }
    return bendHertz / hertzPerMel + Elementary.logarithm(hertz / bendHertz) / logStep
  }

  static func hertz(ofMel mel: Double) -> Double {
    let bend = bendHertz / hertzPerMel
    return mel < bend
      ? mel * hertzPerMel : bendHertz * Elementary.exponential(logStep * (mel - bend))
  }
}
