import Storage
import Tensors

/// Clips as some of their frames, `[frames, height, width, channels]`: folders of pictures, and films,
/// which the program ffmpeg decodes once into a cache.
///
/// `decode` gives `[parts * choices, height, width, channels]`: of each part of a clip all frames that may
/// stand for it, each as `PicturePreparer` leaves it before anything random; `prepare` chooses and goes on.
final class VideoPreparer: SamplePreparer {
  let sampleShape: Shape

  private let options: VideoOptions
  private let pictures: PicturePreparer
  private let cache: MediaCache?
  private let searchPath: String?
  /// A frame as the encoder sees it.
  private let one: Buffer<Float>
  private let mostBytes: Int

  /// A preparer with buffers of its own.
  ///
  /// - Parameters:
  ///   - cache: where the frames of films go; nil: films are refused.
  ///   - searchPath: where the program ffmpeg is looked for; nil: in `PATH`.
  ///   - mostBytes: the most that the frames of a film may take while it is decoded.
  init(
    _ options: VideoOptions, cache: MediaCache?, searchPath: String? = nil,
    mostBytes: Int = 1 << 30
  ) {
    self.options = options
    self.cache = cache
    self.searchPath = searchPath
    self.mostBytes = mostBytes
    pictures = PicturePreparer(options.picture)
    one = Buffer(pictures.sampleShape.elementCount)
    sampleShape = Shape([options.pick.count] + pictures.sampleShape.dimensions)
  }

  func decode(_ item: MediaItem) throws -> DecodedSample {
    if FrameFolder.isThere(item.path) { return try folder(item) }
    guard try MovieContainer.isMovie(item.path) else {
      throw FileError(
        item.path,
        "is neither a folder of frames nor a film (MP4, MOV, FLV, AVI, MKV, WebM and what else ffmpeg "
          + "reads)")
    }
    let otherwise = "extract frames into folders"
    guard let cache else {
      throw FileError(
        item.path,
        "is a film, which is decoded once and kept on the disk; set data.cache to a folder for that, or "
          + otherwise)
    }
    return try cache.sample(of: item.path, decodedBy: settings, suffix: "frames") {
      try film(
        item.path, FFmpeg(searchPath: searchPath, for: item.path, otherwise: otherwise))
    }
  }

  func prepare(
    _ decoded: DecodedSample, random: inout SeededGenerator?,
    into destination: inout MutableSpan<Float>
  ) throws {
    guard case .bytes(let pixels) = decoded.values else { preconditionFailure("frames are bytes") }
    let axes = decoded.shape.dimensions
    let choices = axes[0] / options.pick.count
    let (shape, byteCount) = (Shape(Array(axes[1...])), axes[1...].reduce(1, *))
    let chosen = (0..<options.pick.count).map {
      $0 * choices + options.pick.choice(of: choices, random: &random)
    }
    let start = random
    for (place, number) in chosen.enumerated() {
      if options.varyTogether { random = start }
      let frame = DecodedSample(
        shape, .bytes(Array(pixels[number * byteCount..<(number + 1) * byteCount])))
      try one.withMutableSpan { try pictures.prepare(frame, random: &random, into: &$0) }
      for value in 0..<one.count { destination[place * one.count + value] = one[value] }
    }
  }

  /// The frames of a folder that may be shown.
  private func folder(_ item: MediaItem) throws -> DecodedSample {
    let frames = try FrameFolder.frames(in: item.path)
    var stack = FrameStack()
    for number in options.pick.numbers(of: frames.count) {
      let frame = MediaItem(
        id: item.id, label: item.label, path: frames[number], place: item.place)
      try stack.append(try pictures.decode(frame), place: frame.path)
    }
    return stack.sample
  }

  /// The frames of a film that may be shown.
  private func film(_ path: String, _ ffmpeg: FFmpeg) throws -> DecodedSample {
    var step = 1
    if let wanted = options.framesPerSecond {
      step = max(1, Int((try ffmpeg.frameRate(of: path) / wanted).rounded(.down)))
    }
    var frames: [DecodedSample] = []
    var byteCount = 0
    try ffmpeg.frames(of: path, every: step) { height, width, pixels in
      let picture = Picture(PictureSize(height: height, width: width), channels: 3, pixels)
      let frame = try pictures.settle(picture, place: path)
      byteCount += frame.byteCount
      guard byteCount <= mostBytes else {
        throw FileError(
          path,
          "has more than \(frames.count) frames, which take \(mostBytes) bytes; lower "
            + "frames_per_second, set random_crop.shrink_to, or cut it into clips")
      }
      frames.append(frame)
    }
    var stack = FrameStack()
    for number in options.pick.numbers(of: frames.count) {
      try stack.append(frames[number], place: path)
    }
    return stack.sample
  }

  /// All that the decoded frames of a film depend on.
  private var settings: String {
    let (pick, picture) = (options.pick, options.picture)
    let shape =
      picture.crop == .random
      ? "whole \(picture.randomCrop.shrinkTo ?? 0)" : "\(picture.framing)"
    let rate = options.framesPerSecond.map { "\($0)" } ?? "all"
    return "\(pick.count) \(pick.place.rawValue) of \(rate), \(picture.channels) channels, "
      + "\(picture.filter.rawValue), \(shape)"
  }
}

/// Frames of one size, one after the other.
private struct FrameStack {
  private var shape: Shape?
  private var count = 0
  private var pixels: [UInt8] = []

  /// All of them: `[frames, height, width, channels]`.
  var sample: DecodedSample {
    DecodedSample(Shape([count] + (shape?.dimensions ?? [])), .bytes(pixels))
  }

  mutating func append(_ frame: DecodedSample, place: String) throws {
    guard case .bytes(let bytes) = frame.values else { preconditionFailure("frames are bytes") }
    guard shape == nil || shape == frame.shape else {
      throw FileError(
        place,
        "has a frame of \(frame.shape) where the clip's first has \(shape ?? []) (height x width x "
          + "channels); give all frames of a clip one size, or set crop: centre")
    }
    (shape, count) = (frame.shape, count + 1)
    pixels += bytes
  }
}
