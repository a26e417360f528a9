import Tensors

/// Turns clips of one length into log-spectrograms `[bands, frames, 1]`: a row is a band.
///
/// For a clip x of L samples, window length n and hop h (as `librosa.stft` does it from 0.9 on):
///
/// - Centred: n/2 (rounded down) zeros stand at both ends, so frame t is centred on x[t h]. There
///   are T = 1 + (L + 2 (n/2) - n) / h frames: 1 + L / h for an even window.
/// - Else frame t begins at x[t h], and T = 1 + (L - n) / h. Samples that fill no frame are not
///   seen.
/// - Each frame is multiplied by the periodic Hann window w[i] = 0.5 - 0.5 cos(2 pi i / n). Then
///   S[k, t] = sum over i of w[i] frame[i] exp(-2 pi i k / n), for k = 0 … n/2, without scaling.
/// - `logMagnitude`: ln(|S| + 1e-7), n/2 + 1 rows. `logMel`: ln(max(M |S|², 1e-10)) with the filters
///   M of `MelFilterBank`.
///
/// The window and the transform are one constant matrix, so all frames take one matrix product. At
/// these sizes that is as fast as an FFT, and any window length goes.
public final class Spectrogram {
  /// `[bands, frames, 1]`.
  public let shape: Shape
  /// The length of a clip, in samples.
  public let sampleCount: Int
  /// The mel filters; nil for plain spectrograms.
  public let filters: MelFilterBank?

  private let window: Int
  private let hop: Int
  private let margin: Int
  private let binCount: Int
  private let frameCount: Int
  /// `[2 bins, window]`: the rows of the cosines, then those of the sines.
  private let basis: Tensor
  /// The clip between its margins of zeros.
  private let padded: Tensor
  /// `[frames, window]`, overlapping pieces of the clip.
  private let frames: Tensor
  /// `[2 bins, frames]`: the real part, then the imaginary part.
  private let spectrum: Tensor
  /// What the filters make of it, and their weights.
  private let bands: Tensor
  private let weights: Buffer<Float>

  /// Prepares for clips of `sampleCount` samples.
  public init(_ options: SpectrogramOptions, sampleRateHertz: Int, sampleCount: Int) throws {
    shape = try options.outputShape(sampleRateHertz: sampleRateHertz, sampleCount: sampleCount)
    self.sampleCount = sampleCount
    window = options.window
    hop = options.hop
    margin = options.isCentred ? options.window / 2 : 0
    binCount = options.window / 2 + 1
    frameCount = shape[1]
    filters =
      switch options.kind {
      case .logMagnitude: nil
      case .logMel:
        MelFilterBank(
          sampleRateHertz: sampleRateHertz, window: options.window, bands: options.bands,
          lowestHertz: options.lowestHertz,
          highestHertz: options.highestHertz ?? Double(sampleRateHertz) / 2)
      }
    basis = Self.basis(window: options.window)
    padded = Tensor([sampleCount + 2 * margin], capacity: 1)
    frames = Tensor([frameCount, window], capacity: 1)
    spectrum = Tensor([2 * binCount, frameCount], capacity: 1)
    bands = Tensor([filters?.bandCount ?? 0, frameCount], capacity: 1)
    weights = Buffer(filters?.weights ?? [])
  }

  /// Writes the spectrogram of `sampleCount` samples to `output`, which has `shape.elementCount`
  /// floats.
  public func transform(_ samples: Span<Float>, into output: inout MutableSpan<Float>) {
    precondition(samples.count == sampleCount && output.count == shape.elementCount)
    padded.storage[margin..<margin + sampleCount].withMutableSpan { $0.take(samples) }
    for frame in 0..<frameCount {
      frames.storage[frame * window..<(frame + 1) * window].update(
        from: padded.storage[frame * hop..<frame * hop + window])
    }
    BLAS.multiply(
      basis.storage, transposed: false, frames.storage, transposed: true, into: spectrum.storage,
      m: 2 * binCount, n: frameCount, k: window)
    let count = binCount * frameCount
    let (power, imaginary) = (spectrum.storage[0..<count], spectrum.storage[count..<2 * count])
    for index in 0..<count {
      power[index] = power[index] * power[index] + imaginary[index] * imaginary[index]
    }
    guard let filters else {
      for index in 0..<count { output[index] = Self.logarithm(power[index].squareRoot() + 1e-7) }
      return
    }
    BLAS.multiply(
      weights, power, into: bands.storage, m: filters.bandCount, n: frameCount, k: binCount)
    for index in 0..<shape.elementCount {
      output[index] = Self.logarithm(max(bands.storage[index], 1e-10))
    }
  }

  private static func logarithm(_ value: Float) -> Float {
    Float(Elementary.logarithm(Double(value)))
  }

  /// The windowed transform as a matrix, `[2 bins, window]`.
  ///
  /// Angles are reduced to one turn in integers first, so that every entry is exact.
  private static func basis(window: Int) -> Tensor {
    let bins = window / 2 + 1
    let basis = Tensor([2 * bins, window], capacity: 1)
    let turns = (0..<window).map { Double($0) / Double(window) }
    let cosines = turns.map { Elementary.cosine(turns: $0) }
    let sines = turns.map { Elementary.sine(turns: $0) }
    for bin in 0..<bins {
      let real = basis.storage[bin * window..<(bin + 1) * window]
      let imaginary = basis.storage[(bins + bin) * window..<(bins + bin + 1) * window]
      for i in 0..<window {
        let hann = 0.5 - 0.5 * cosines[i]
        let angle = bin * i % window
        real[i] = Float(hann * cosines[angle])
        imaginary[i] = Float(-hann * sines[angle])
      }
    }
    return basis
  }
}
