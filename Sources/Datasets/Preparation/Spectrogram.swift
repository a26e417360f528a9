import Tensors

/// Turns clips into log-spectrograms `[bands, frames, 1]`: a row is a band.
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
/// `fbank` (torchaudio's `kaldi.fbank` with `window_type="hanning"`, `dither=0`, `use_energy=False`;
/// the mean of the whole file is taken off before): frames begin at x[t h]. From each its own mean is
/// taken, then 0.97 of the sample before (of the first: of itself), and it is multiplied by
/// w[i] = 0.5 - 0.5 cos(2 pi i / (n - 1)). With zeros up to N, the next power of two, S is as above
/// for k = 0 … N/2, and the result ln(max(M |S|², 1.1920929e-7)) with the filters M of
/// `MelFilterBank.kaldi`.
///
/// Frames that a clip is too short for are zeros. `normalisation` comes last, in these as well.
///
/// The window and the transform are one constant matrix, so all frames take one matrix product. At
/// these sizes that is as fast as an FFT, and any window length goes.
public final class Spectrogram {
  /// `[bands, frames, 1]`.
  public let shape: Shape
  /// The most samples that a clip has.
  public let sampleCount: Int
  /// The mel filters; nil for plain spectrograms.
  public let filters: MelFilterBank?

  /// The samples without which a clip would have no frame; nil: any clip has one.
  var fewestSamples: Int? { layout.margin > 0 ? nil : layout.window }

  private let layout: SpectrogramLayout
  private let normalisation: FixedNormalisation?
  /// The frames of the longest clip that are kept.
  private let frameCount: Int
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

  /// Prepares for clips of up to `sampleCount` samples.
  public init(_ options: SpectrogramOptions, sampleRateHertz: Int, sampleCount: Int) throws {
    layout = try SpectrogramLayout(options, sampleRateHertz: sampleRateHertz)
    shape = try layout.shape(sampleCount: sampleCount)
    self.sampleCount = sampleCount
    normalisation = options.normalisation
    frameCount = min(layout.frameCount(samples: sampleCount), shape[1])
    filters =
      switch options.kind {
      case .logMagnitude: nil
      case .logMel:
        MelFilterBank(
          sampleRateHertz: sampleRateHertz, window: layout.window, bands: layout.rows,
          lowestHertz: layout.lowestHertz, highestHertz: layout.highestHertz)
      case .fbank:
        .kaldi(
          sampleRateHertz: sampleRateHertz, transform: layout.transform, bands: layout.rows,
          lowestHertz: layout.lowestHertz, highestHertz: layout.highestHertz)
      }
    basis = SpectrogramBasis.make(layout)
    padded = Tensor([sampleCount + 2 * layout.margin], capacity: 1)
    frames = Tensor([frameCount, layout.window], capacity: 1)
    spectrum = Tensor([2 * layout.binCount, frameCount], capacity: 1)
    bands = Tensor([filters?.bandCount ?? 0, frameCount], capacity: 1)
    weights = Buffer(filters?.weights ?? [])
  }

  /// Writes the spectrogram of at most `sampleCount` samples to `output`, which has
  /// `shape.elementCount` floats.
  public func transform(_ samples: Span<Float>, into output: inout MutableSpan<Float>) {
    precondition(samples.count <= sampleCount && output.count == shape.elementCount)
    cut(samples)
    // A frame's numbers depend neither on the frames beside it nor on the processor.
    BLAS.multiply(
      basis.storage, transposed: false, frames.storage, transposed: true, into: spectrum.storage,
      m: 2 * layout.binCount, n: frameCount, k: layout.window, by: .portable)
    let count = layout.binCount * frameCount
    let (power, imaginary) = (spectrum.storage[0..<count], spectrum.storage[count..<2 * count])
    for index in 0..<count {
      power[index] = power[index] * power[index] + imaginary[index] * imaginary[index]
    }
    let made = min(frameCount, layout.frameCount(samples: samples.count))
    if let filters {
      BLAS.multiply(
        weights, power, into: bands.storage, m: filters.bandCount, n: frameCount,
        k: layout.binCount, by: .portable)
      let floor: Float = layout.kind == .fbank ? .ulpOfOne : 1e-10
      write(bands.storage, frames: made, into: &output) { Self.logarithm(max($0, floor)) }
    } else {
      write(power, frames: made, into: &output) { Self.logarithm($0.squareRoot() + 1e-7) }
    }
  }

  /// Cuts samples into `frames`.
  private func cut(_ samples: Span<Float>) {
    let (margin, window) = (layout.margin, layout.window)
    padded.storage[margin..<margin + samples.count].withMutableSpan { $0.take(samples) }
    padded.storage[margin + samples.count..<padded.storage.count].withMutableSpan {
      $0.update(repeating: 0)
    }
    for frame in 0..<frameCount {
      let first = frame * layout.hop
      let place = frames.storage[frame * window..<(frame + 1) * window]
      place.update(from: padded.storage[first..<first + window])
      if layout.kind == .fbank { place.withMutableSpan { Self.emphasise(&$0) } }
    }
  }

  /// Takes a frame's mean off, then most of what every sample has from the one before.
  private static func emphasise(_ frame: inout MutableSpan<Float>) {
    var sum = 0.0
    for place in frame.indices { sum += Double(frame[place]) }
    let mean = Float(sum / Double(frame.count))
    var last = frame[0] - mean
    for place in frame.indices {
      let value = frame[place] - mean
      frame[place] = value - 0.97 * last
      last = value
    }
  }

  /// Writes `[bands, frameCount]` values to a picture that may have fewer or more frames that are not
  /// zeros.
  private func write(
    _ values: Buffer<Float>, frames made: Int, into output: inout MutableSpan<Float>,
    _ logarithm: (Float) -> Float
  ) {
    let width = shape[1]
    for row in 0..<layout.rows {
      for frame in 0..<made {
        output[row * width + frame] = logarithm(values[row * frameCount + frame])
      }
      for frame in made..<width { output[row * width + frame] = 0 }
    }
    guard let normalisation else { return }
    let (mean, deviation) = (Float(normalisation.mean), Float(normalisation.deviation))
    for place in output.indices { output[place] = (output[place] - mean) / deviation }
  }

  private static func logarithm(_ value: Float) -> Float {
    Float(Elementary.logarithm(Double(value)))
  }
}
