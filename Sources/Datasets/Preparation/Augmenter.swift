import Storage
import Tensors

/// What is changed in training samples of one shape: options that have been looked at.
public struct Augmentation: Sendable {
  let options: AugmentationOptions
  let sampleShape: Shape
  /// Rows, columns and channels of a picture; there are `frameCount` of them in a sample.
  let (rows, columns, channels): (Int, Int, Int)
  let frameCount: Int
  /// What words become, and what is no word.
  let (unknown, kept): (Float, [Float])
  /// Whether a sample is moved, so that a copy of it is needed.
  let movesPictures: Bool

  /// The changes of samples of one shape.
  ///
  /// Throws where the samples are not of the kind that an option is for, or too small for it.
  /// - Parameters:
  ///   - isText: whether samples are the token numbers of texts.
  ///   - unknown: the number of the unknown word there.
  ///   - ends: the numbers of what stands around texts, and stays there.
  public init(
    _ options: AugmentationOptions, sampleShape: Shape, isText: Bool,
    unknown: Int = Vocabulary.unknown, ends: [Int] = []
  ) throws {
    self.options = options
    self.unknown = Float(unknown)
    kept = ([Vocabulary.padding] + ends).map(Float.init)
    self.sampleShape = sampleShape
    let axes = sampleShape.dimensions
    let isPicture = !isText && (2...4).contains(axes.count)
    let first = axes.count == 4 ? 1 : 0
    (rows, columns) = isPicture ? (axes[first], axes[first + 1]) : (1, sampleShape.elementCount)
    channels = isPicture && axes.count > 2 ? axes[first + 2] : 1
    frameCount = isPicture && axes.count == 4 ? axes[0] : 1
    movesPictures = isPicture && (options.shift > 0 || options.flips)
    guard isPicture || !options.needsPictures else {
      throw FileError(
        "augment",
        "asks for changes of pictures, but the samples are \(isText ? "texts" : "vectors") of shape"
          + " \(sampleShape); remove shift, flip, mask_rows and mask_columns")
    }
    guard isText || options.unknownWords == 0 else {
      throw FileError(
        "augment.unknown", "is for texts, but the samples are numbers of shape \(sampleShape)")
    }
    guard !isText || options.noise == 0 else {
      throw FileError("augment.noise", "is for numbers, but the samples are texts; use unknown")
    }
    for (key, amount, limit, axis) in [
      ("shift", options.shift, min(rows, columns) - 1, "shorter side"),
      ("mask_rows", options.maskedRows, rows, "rows"),
      ("mask_columns", options.maskedColumns, columns, "columns"),
    ] where amount > limit && amount > 0 {
      throw FileError(
        "augment.\(key)",
        "is \(amount), expected at most \(limit) for samples of shape \(sampleShape) (\(axis))")
    }
  }
}

/// Changes training samples at random, in place, as an `Augmentation` says. For one thread.
public final class Augmenter {
  private let augmentation: Augmentation
  private var options: AugmentationOptions { augmentation.options }
  private var rows: Int { augmentation.rows }
  private var columns: Int { augmentation.columns }
  private var channels: Int { augmentation.channels }
  private var frameCount: Int { augmentation.frameCount }
  /// What the sample at hand draws from.
  private var generator = SeededGenerator(seed: 0, stream: "")
  /// A sample before it is moved.
  private let copy: Buffer<Float>

  /// An augmenter with a buffer of its own.
  public init(_ augmentation: Augmentation) {
    self.augmentation = augmentation
    copy = Buffer(augmentation.movesPictures ? augmentation.sampleShape.elementCount : 0)
  }

  /// Changes one sample; equal generators change equal samples alike.
  public func change(
    _ sample: inout MutableSpan<Float>, drawingFrom start: SeededGenerator
  ) {
    precondition(sample.count == augmentation.sampleShape.elementCount)
    generator = start
    move(&sample)
    mask(&sample)
    if options.noise > 0 {
      for place in sample.indices { sample[place] += Float(options.noise * generator.normal()) }
    }
    if options.unknownWords > 0 {
      for place in sample.indices where !augmentation.kept.contains(sample[place]) {
        if generator.uniform() < options.unknownWords { sample[place] = augmentation.unknown }
      }
    }
  }

  private func move(_ sample: inout MutableSpan<Float>) {
    let down = options.shift > 0 ? generator.integer(below: 2 * options.shift + 1) : 0
    let right = options.shift > 0 ? generator.integer(below: 2 * options.shift + 1) : 0
    let isMirrored = options.flips && generator.integer(below: 2) == 1
    let (dy, dx) = (down - options.shift, right - options.shift)
    guard dy != 0 || dx != 0 || isMirrored else { return }
    copy.withMutableSpan { $0.take(sample.span) }
    sample.update(repeating: 0)
    copy.withSpan { copy in
      for frame in 0..<frameCount {
        for y in max(0, dy)..<min(rows, rows + dy) {
          let (from, to) = (frame * rows + y - dy, frame * rows + y)
          for x in max(0, dx)..<min(columns, columns + dx) {
            let source = isMirrored ? columns - 1 - (x - dx) : x - dx
            for channel in 0..<channels {
              sample[(to * columns + x) * channels + channel] =
                copy[(from * columns + source) * channels + channel]
            }
          }
        }
      }
    }
  }

  private func mask(_ sample: inout MutableSpan<Float>) {
    if let emptied = stretch(upTo: options.maskedRows, of: rows) {
      empty(&sample, rows: emptied, columns: 0..<columns)
    }
    if let emptied = stretch(upTo: options.maskedColumns, of: columns) {
      empty(&sample, rows: 0..<rows, columns: emptied)
    }
  }

  /// A stretch of 0 to `longest` of `count` neighbours; nil: nothing is asked for.
  private func stretch(upTo longest: Int, of count: Int) -> Range<Int>? {
    guard longest > 0 else { return nil }
    let length = generator.integer(below: longest + 1)
    let start = generator.integer(below: count - length + 1)
    return start..<start + length
  }

  /// Makes a part of every frame 0.
  private func empty(
    _ sample: inout MutableSpan<Float>, rows emptied: Range<Int>, columns range: Range<Int>
  ) {
    for frame in 0..<frameCount {
      for y in emptied {
        let row = (frame * rows + y) * columns
        for place in (row + range.lowerBound) * channels..<(row + range.upperBound) * channels {
          sample[place] = 0
        }
      }
    }
  }
}
