import Storage
import Tensors

/// Sound files as spectrograms `[bands, frames, 1]`: decoded, resampled where asked, repeated, cut or
/// padded to one length, and transformed.
///
/// Where every clip is always cut alike, `decode` gives the finished spectrogram. Where training hears
/// random pieces it gives the sound, one channel at the rate of the encoder, `[samples]`, and `prepare`
/// cuts and transforms.
final class SoundPreparer: SamplePreparer {
  /// `[bands, frames, 1]`.
  var sampleShape: Shape { spectrogram.shape }

  private let options: AudioOptions
  private let spectrogram: Spectrogram
  private let window: SoundWindow
  private let reader: SoundReader
  private let variation: SpectrogramVariation?
  private let clip: Buffer<Float>

  /// A preparer with buffers of its own. Throws where options do not fit together.
  ///
  /// - Parameters:
  ///   - cache: where the sound of films goes, once decoded; nil: films are refused.
  ///   - searchPath: where the program ffmpeg is looked for; nil: in `PATH`.
  init(_ options: AudioOptions, cache: MediaCache? = nil, searchPath: String? = nil) throws {
    self.options = options
    let sampleCount = try options.sampleCount()
    spectrogram = try Spectrogram(
      options.spectrogram, sampleRateHertz: options.sampleRateHertz, sampleCount: sampleCount)
    window = SoundWindow(
      sampleCount: sampleCount, tileCount: try options.tileSampleCount(), options.alignment,
      padsShort: options.seconds != nil)
    reader = SoundReader(options, cache: cache, searchPath: searchPath)
    variation = SpectrogramVariation(options.spectrogram, shape: spectrogram.shape)
    clip = Buffer(sampleCount)
  }

  /// Decodes a file, whole.
  func decode(_ item: MediaItem) throws -> DecodedSample {
    let samples = try reader.read(item.path)
    try checkLength(window.virtualCount(samples.count), item.path)
    if options.alignment == .random { return DecodedSample([samples.count], .floats(samples)) }
    var picture = [Float](repeating: 0, count: sampleShape.elementCount)
    var room = picture.mutableSpan
    var nothing: SeededGenerator?
    transform(samples, random: &nothing, into: &room)
    return DecodedSample(sampleShape, .floats(picture))
  }

  /// Makes the spectrogram that training or evaluation sees.
  func prepare(
    _ decoded: DecodedSample, random: inout SeededGenerator?,
    into destination: inout MutableSpan<Float>
  ) {
    guard case .floats(let values) = decoded.values else {
      preconditionFailure("a sound of bytes")
    }
    if options.alignment == .random {
      transform(values, random: &random, into: &destination)
    } else {
      destination.take(values.span)
    }
    variation?.apply(random: &random, to: &destination)
  }

  private func transform(
    _ samples: [Float], random: inout SeededGenerator?, into destination: inout MutableSpan<Float>
  ) {
    let count = clip.withMutableSpan { window.cut(samples.span, random: &random, into: &$0) }
    clip[0..<count].withSpan { spectrogram.transform($0, into: &destination) }
  }

  /// A sound that keeps its length has one frame at least.
  private func checkLength(_ count: Int, _ place: String) throws {
    guard options.seconds == nil, let least = spectrogram.fewestSamples, count < least else {
      return
    }
    throw FileError(
      place,
      "holds \(count) samples at \(options.sampleRateHertz) Hz, expected at least a window of \(least); "
        + "leave the file out, or give 'seconds' a number")
  }
}
