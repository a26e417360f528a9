import Storage
import Tensors

/// One sound file a sample: decoded, resampled where asked, cut or padded to one length, and turned
/// into a spectrogram `[bands, frames, 1]`.
public final class AudioSource: SampleSource {
  /// The manifest's ids, in its order.
  public let ids: [String]
  /// The manifest's labels, from 0.
  public let labels: [Int]
  /// `[bands, frames, 1]`.
  public var sampleShape: Shape { preparation.spectrogram.shape }

  private let paths: [String]
  private let preparation: ClipPreparation

  /// Opens the sound files of both splits; every file's header is read and checked here.
  public static func open(
    _ options: AudioOptions, root: String, classes: [String]
  ) throws -> ModalityData {
    // Both splits are prepared by the same buffers: a rank reads one sample at a time.
    let preparation = try ClipPreparation(options)
    func split(_ paths: [String]) throws -> any SampleSource {
      if paths.isEmpty { return EmptySource(sampleShape: preparation.spectrogram.shape) }
      let manifest = try Manifest.load(paths: paths, root: root, classes: classes, column: .path)
      return try AudioSource(manifest.rows, root: root, preparation)
    }
    return try ModalityData(train: split(options.train), test: split(options.test))
  }

  private init(_ rows: [ManifestRow], root: String, _ preparation: ClipPreparation) throws {
    ids = rows.map(\.id)
    labels = rows.map(\.label)
    paths = rows.map { InputFile.resolve($0.value, root: root) }
    self.preparation = preparation
    for (row, path) in zip(rows, paths) {
      try LongWork.step()
      do {
        try preparation.check(SoundFile(path))
      } catch let error as FileError {
        throw FileError(error.place, "\(error.problem) (listed at \(row.place))")
      }
    }
  }

  /// Decodes and transforms one file; throws where its sound, unlike its header, is broken.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    try preparation.read(paths[index], into: &destination)
  }
}

/// What is done to every clip, with the buffers that it is done in.
final class ClipPreparation {
  let spectrogram: Spectrogram

  private let options: AudioOptions
  private var resamplers: [Int: Resampler] = [:]
  private var decoded: [Float] = []
  private var block: [Float] = []
  private var resampled: [Float] = []
  private let clip: Buffer<Float>

  init(_ options: AudioOptions) throws {
    self.options = options
    let sampleCount = try options.sampleCount()
    spectrogram = try Spectrogram(
      options.spectrogram, sampleRateHertz: options.sampleRateHertz, sampleCount: sampleCount)
    clip = Buffer(sampleCount)
  }

  /// Throws when a file with this header cannot become a sample.
  func check(_ file: SoundFile) throws {
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

  /// Makes the sample of the file at `path`.
  func read(_ path: String, into destination: inout MutableSpan<Float>) throws {
    let file = try SoundFile(path)
    try check(file)
    try file.read(into: &decoded, block: &block)
    if file.sampleRateHertz == options.sampleRateHertz {
      fit(decoded)
    } else {
      let resampler = try resampler(from: file.sampleRateHertz, place: path)
      try resampler.convert(decoded, into: &resampled, place: path)
      fit(resampled)
    }
    clip.withSpan { spectrogram.transform($0, into: &destination) }
  }

  /// Cuts or zero-pads `samples` to the length of a clip.
  ///
  /// `start` keeps the beginning and pads the end; `centre` keeps the middle and pads both ends,
  /// where an odd sample more goes to the end.
  private func fit(_ samples: [Float]) {
    let isCentred = options.alignment == .centre
    let skipped = isCentred ? max(0, samples.count - clip.count) / 2 : 0
    let lead = isCentred ? max(0, clip.count - samples.count) / 2 : 0
    let kept = min(samples.count, clip.count)
    clip.withMutableSpan { clip in
      clip.update(repeating: 0)
      for place in 0..<kept { clip[lead + place] = samples[skipped + place] }
    }
  }

  private func resampler(from rate: Int, place: String) throws -> Resampler {
    if let known = resamplers[rate] { return known }
    let resampler = try Resampler(from: rate, to: options.sampleRateHertz, place: place)
    resamplers[rate] = resampler
    return resampler
  }
}
