import Tensors

/// The windowed transform of a spectrogram as a matrix, `[2 bins, window]`: the rows of the cosines,
/// then those of the sines. It is as good as a transform of a window with zeros behind it.
enum SpectrogramBasis {
  /// Angles are reduced to one turn in integers first, so that every entry is exact.
  static func make(_ layout: SpectrogramLayout) -> Tensor {
    let (window, length, bins) = (layout.window, layout.transform, layout.binCount)
    let basis = Tensor([2 * bins, window], capacity: 1)
    let turns = (0..<length).map { Double($0) / Double(length) }
    let cosines = turns.map { Elementary.cosine(turns: $0) }
    let sines = turns.map { Elementary.sine(turns: $0) }
    // Hann's window: librosa's would begin again after its last value, Kaldi's ends in zero.
    let period = Double(layout.kind == .fbank ? max(1, window - 1) : window)
    let hann = (0..<window).map { 0.5 - 0.5 * Elementary.cosine(turns: Double($0) / period) }
    for bin in 0..<bins {
      let real = basis.storage[bin * window..<(bin + 1) * window]
      let imaginary = basis.storage[(bins + bin) * window..<(bins + bin + 1) * window]
      for i in 0..<window {
        let angle = bin * i % length
        real[i] = Float(hann[i] * cosines[angle])
        imaginary[i] = Float(-hann[i] * sines[angle])
      }
    }
    return basis
  }
}
