import CSampleRate

/// libsamplerate's best-quality filter as a function of time: the answer to a single one.
///
/// Time counts in samples of the slower rate. The filter passes half a period of it and no more, so it
/// is known from 64 values a sample; between them it is interpolated (Lagrange, six points), which is
/// off by 1e-9 of its peak, a hundredth of what rounding to float32 is.
struct ResamplingKernel: Sendable {
  /// Beyond so many samples, to either side, the filter is 0: it has 143 zero crossings.
  static let reach = 150

  private static let steps = 64
  /// Values from `-reach` on, `steps` a sample.
  private let values: [Float]

  /// Measures the filter: one conversion of a single one to 64 times its rate, some 50 ms.
  static func measured() throws(ResamplingFailure) -> ResamplingKernel {
    var single = [Float](repeating: 0, count: 2 * reach + 1)
    single[reach] = 1
    var values = [Float](repeating: 0, count: single.count * steps)
    let status = single.withUnsafeMutableBufferPointer { single in
      values.withUnsafeMutableBufferPointer { values in
        var data = SRC_DATA()
        data.data_in = UnsafePointer(single.baseAddress)
        data.input_frames = single.count
        data.data_out = values.baseAddress
        data.output_frames = values.count
        data.src_ratio = Double(steps)
        return src_simple(&data, Int32(SRC_SINC_BEST_QUALITY), 1)
      }
    }
    guard status == 0 else { throw ResamplingFailure(code: status) }
    return ResamplingKernel(values: values)
  }

  /// The filter at `time`.
  func value(at time: Double) -> Double {
    guard abs(time) < Double(Self.reach - 1) else { return 0 }
    let place = (time + Double(Self.reach)) * Double(Self.steps)
    let first = Int(place) - 2
    let x = place - Double(first)
    var sum = 0.0
    for (point, scale) in Self.scales.enumerated() {
      var weight = scale
      for other in 0..<Self.scales.count where other != point { weight *= x - Double(other) }
      sum += weight * Double(values[first + point])
    }
    return sum
  }

  /// What the products of Lagrange's six polynomials are divided by.
  private static let scales: [Double] = (0..<6).map { (point: Int) -> Double in
    var product = 1.0
    for other in 0..<6 where other != point { product *= Double(point - other) }
    return 1 / product
  }
}

/// What libsamplerate says when it fails.
struct ResamplingFailure: Error {
  let code: Int32

  /// The end of a sentence that begins with a file.
  var problem: String {
    "cannot be resampled: \(src_strerror(code).map { String(cString: $0) } ?? "error \(code)")"
  }
}
