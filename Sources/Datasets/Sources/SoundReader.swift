import Storage
import Tensors

/// Reads sound files as one channel at the rate of the encoder, with buffers that it keeps.
final class SoundReader {
  private let options: AudioOptions
  private let cache: MediaCache?
  private let searchPath: String?
  private var resamplers: [Int: Resampler] = [:]
  private var decoded: [Float] = []
  private var block: [Float] = []

  /// A reader; the sound of films goes through `cache`.
  init(_ options: AudioOptions, cache: MediaCache?, searchPath: String?) {
    self.options = options
    self.cache = cache
    self.searchPath = searchPath
  }

  private func check(_ file: SoundFile) throws {
    let rate = file.sampleRateHertz
    if rate == options.sampleRateHertz { return }
    guard options.resamples else {
      throw FileError(
        file.path,
        "has a sampling rate of \(rate) Hz, expected \(options.sampleRateHertz) Hz; "
          + "set resample: true to convert it")
    }
    _ = try resampler(from: rate, place: file.path)
  }

  /// The sound of a file. For `fbank` the mean of all channels over the whole file is taken off, as
  /// its authors do, before the rate is converted.
  func read(_ path: String) throws -> [Float] {
    var samples = try MovieContainer.isMovie(path) ? movie(path) : sound(path)
    if options.clips {
      for place in samples.indices { samples[place] = min(1, max(-1, samples[place])) }
    }
    return samples
  }

  private func sound(_ path: String) throws -> [Float] {
    let file = try SoundFile(path)
    try check(file)
    let mean = try file.read(into: &decoded, block: &block, options.channels)
    centre(&decoded, mean)
    if file.sampleRateHertz == options.sampleRateHertz { return decoded }
    let resampler = try resampler(from: file.sampleRateHertz, place: path)
    var samples: [Float] = []
    try resampler.convert(decoded, into: &samples, place: path)
    return samples
  }

  /// The sound of a film, at the encoder's rate already.
  private func movie(_ path: String) throws -> [Float] {
    let otherwise = "extract the sound into WAV files"
    guard let cache else {
      throw FileError(
        path,
        "is a film, whose sound is decoded once and kept on the disk; set data.cache to a folder for "
          + "that, or \(otherwise)")
    }
    let (rate, mix) = (options.sampleRateHertz, options.channels)
    let sample = try cache.sample(
      of: path, decodedBy: "sound \(rate) Hz \(mix.rawValue)", suffix: "sound"
    ) {
      let ffmpeg = try FFmpeg(searchPath: searchPath, for: path, otherwise: otherwise)
      let samples = try ffmpeg.sound(of: path, rateHertz: rate, mix)
      return DecodedSample([samples.count], .floats(samples))
    }
    guard case .floats(var samples) = sample.values else {
      preconditionFailure("a sound of bytes")
    }
    centre(&samples, samples.reduce(0) { $0 + Double($1) } / Double(samples.count))
    return samples
  }

  private func centre(_ samples: inout [Float], _ mean: Double) {
    guard options.spectrogram.kind == .fbank else { return }
    for place in samples.indices { samples[place] -= Float(mean) }
  }

  private func resampler(from rate: Int, place: String) throws -> Resampler {
    if let known = resamplers[rate] { return known }
    let resampler = try Resampler(from: rate, to: options.sampleRateHertz, place: place)
    resamplers[rate] = resampler
    return resampler
  }
}
