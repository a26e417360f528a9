import Datasets
import Storage

/// What a modality's samples are like, from some of them: what the configuration is chosen by.
struct OwnMeasures {
  /// Of pictures, the median of the shorter sides, in pixels.
  var shorterSide = 0
  /// Of sounds, the usual sampling rate, in hertz, and the length that nine of ten do not pass, in seconds.
  var sampleRateHertz = 0
  var seconds = 0.0
  /// Of texts, the words that nineteen of twenty do not pass.
  var words = 0
  /// Whether texts have no blanks between words.
  var hasNoBlanks = false

  /// So many samples tell enough.
  private static let most = 200

  init(_ modality: OwnData.Modality, _ samples: [OwnData.Sample]) {
    let contents = samples.compactMap { $0.contents[modality.name] }
    let step = max(1, contents.count / Self.most)
    let some = stride(from: 0, to: contents.count, by: step).map { contents[$0] }
    switch modality.kind {
    case .images: measurePictures(some)
    case .audio: measureSounds(some)
    case .text: measureTexts(some)
    case .arrays: break
    }
  }

  private mutating func measurePictures(_ contents: [OwnData.Content]) {
    // Each is decoded: a tenth of them will do.
    let sides = contents.prefix(24).compactMap { content -> Int? in
      guard case .file(let path) = content,
        let picture = try? PictureDecoder().picture(at: path)
      else { return nil }
      return min(picture.size.height, picture.size.width)
    }
    shorterSide = Self.value(0.5, of: sides) ?? 64
  }

  private mutating func measureSounds(_ contents: [OwnData.Content]) {
    var (rates, lengths): ([Int], [Double]) = ([], [])
    for case .file(let path) in contents {
      guard let sound = try? SoundFile(path) else { continue }
      rates.append(sound.sampleRateHertz)
      if let frames = sound.frameCount {
        lengths.append(Double(frames) / Double(sound.sampleRateHertz))
      }
    }
    sampleRateHertz = Self.value(0.5, of: rates) ?? 16_000
    seconds = Self.value(0.9, of: lengths) ?? 4
  }

  private mutating func measureTexts(_ contents: [OwnData.Content]) {
    var (counts, letters) = ([Int](), 0)
    for case .text(let text) in contents {
      counts.append(text.split(whereSeparator: \.isWhitespace).count)
      letters += text.count
    }
    words = Self.value(0.95, of: counts) ?? 32
    hasNoBlanks = letters > 20 * max(1, counts.reduce(0, +))
    if hasNoBlanks { words = letters / max(1, counts.count) }
  }

  /// The value that a share of them does not pass.
  private static func value<Value: Comparable>(_ share: Double, of values: [Value]) -> Value? {
    guard !values.isEmpty else { return nil }
    return values.sorted()[min(values.count - 1, Int(share * Double(values.count)))]
  }
}
