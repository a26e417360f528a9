import Storage
import Tensors

/// Subtracts a mean and divides by a scale, both fitted on training samples alone.
///
/// The scale is the standard deviation of the population (divided by n). Where it is 0, or too
/// small for a normal float32, it is 1: an element that never changes in training becomes 0 there,
/// and stays finite everywhere.
public struct Standardiser {
  /// Whether each element has its own mean and scale.
  public let kind: Standardisation
  /// What is subtracted: one for each element of a sample (`feature`), one (`global`), or nothing.
  public var means: [Float] { subtracted.array }
  /// What is divided by: as many as there are means, each above 0.
  public var scales: [Float] { divisors.array }

  private let subtracted: Buffer<Float>
  private let divisors: Buffer<Float>

  /// Fits means and scales to the samples `indices` of `source`, one sample in memory at a time.
  ///
  /// Means and squares are Doubles (Welford, 1962; Chan, Golub and LeVeque, 1979), summed in the
  /// order of `indices`: equal indices give equal bits.
  public init(
    _ kind: Standardisation, fittedTo source: any SampleSource, on indices: [Int]
  ) throws {
    precondition(indices.allSatisfy(source.ids.indices.contains))
    let elementCount = source.sampleShape.elementCount
    guard kind != .none, elementCount > 0 else {
      self.init(kind: kind, moments: [])
      return
    }
    guard !indices.isEmpty else {
      throw FileError("standardise", "there are no training samples to fit means to")
    }
    var moments = [Moments](repeating: Moments(), count: kind == .feature ? elementCount : 1)
    var sample = [Float](repeating: 0, count: elementCount)
    for index in indices {
      try LongWork.step()
      var room = sample.mutableSpan
      try source.read(index, into: &room)
      switch kind {
      case .feature: for element in sample.indices { moments[element].add(Double(sample[element])) }
      case .global: moments[0].add(Moments(of: sample))
      case .none: break
      }
    }
    guard moments.allSatisfy({ $0.mean.isFinite && $0.squares.isFinite }) else {
      throw FileError("standardise", "the training samples hold values that are not finite")
    }
    self.init(kind: kind, moments: moments)
  }

  /// A standardiser that changes nothing until its `state` is that of a fitted one.
  public init(unfitted kind: Standardisation, sampleShape: Shape) {
    self.kind = kind
    let count = Self.count(kind, sampleShape)
    (subtracted, divisors) = (Buffer(count), Buffer(count))
    divisors.update(repeating: 1)
  }

  /// A saved standardiser. Throws where the numbers cannot belong to samples of this shape.
  public init(
    restoring kind: Standardisation, means: [Float], scales: [Float], sampleShape: Shape
  ) throws {
    let count = Self.count(kind, sampleShape)
    guard means.count == count, scales.count == count else {
      throw FileError(
        "standardise",
        "\(counted(means.count, "mean")) and \(counted(scales.count, "scale"))"
          + " were saved, expected \(count) for '\(kind.rawValue)' and samples of \(sampleShape)")
    }
    guard means.allSatisfy(\.isFinite), scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw FileError("standardise", "a saved mean is not finite, or a scale is not above 0")
    }
    self.kind = kind
    subtracted = Buffer(means)
    divisors = Buffer(scales)
  }

  /// How many means and scales there are.
  private static func count(_ kind: Standardisation, _ sampleShape: Shape) -> Int {
    switch kind {
    case .none: 0
    case .global: 1
    case .feature: sampleShape.elementCount
    }
  }

  private init(kind: Standardisation, moments: [Moments]) {
    self.kind = kind
    subtracted = Buffer(moments.map { Float($0.mean) })
    divisors = Buffer(
      moments.map { moment in
        let scale = Float(moment.standardDeviation)
        return scale.isNormal ? scale : 1
      })
  }

  /// `means` and `scales`, if there are any.
  public var state: [NamedState] {
    guard kind != .none else { return [] }
    return [
      NamedState("means", [subtracted.count], subtracted),
      NamedState("scales", [divisors.count], divisors),
    ]
  }

  /// Standardises one sample in place.
  public func apply(to sample: inout MutableSpan<Float>) {
    switch kind {
    case .none: return
    case .global:
      let (mean, scale) = (subtracted[0], divisors[0])
      for element in sample.indices { sample[element] = (sample[element] - mean) / scale }
    case .feature:
      let count = sample.count
      precondition(count == subtracted.count, "\(count) values, \(subtracted.count) means")
      subtracted.withSpan { means in
        divisors.withSpan { scales in
          for element in sample.indices {
            sample[element] = (sample[element] - means[element]) / scales[element]
          }
        }
      }
    }
  }
}

/// Count, mean and sum of squared differences from it, of numbers that came so far.
private struct Moments {
  var count = 0.0
  var mean = 0.0
  var squares = 0.0

  init() {}

  /// Those of one sample, in two passes.
  init(of sample: [Float]) {
    count = Double(sample.count)
    mean = sample.reduce(0) { $0 + Double($1) } / count
    for value in sample {
      let difference = Double(value) - mean
      squares += difference * difference
    }
  }

  var standardDeviation: Double { (squares / count).squareRoot() }

  mutating func add(_ value: Double) {
    count += 1
    let difference = value - mean
    mean += difference / count
    squares += difference * (value - mean)
  }

  mutating func add(_ other: Moments) {
    let total = count + other.count
    let difference = other.mean - mean
    mean += difference * (other.count / total)
    squares += other.squares + difference * difference * (count * other.count / total)
    count = total
  }
}

/// A source whose samples are standardised as they are read.
public struct StandardisedSource: WrappingSource {
  /// What is applied.
  public let standardiser: Standardiser
  /// Where the samples come from.
  public let source: any SampleSource

  /// The samples of `source`, standardised.
  public init(_ source: any SampleSource, with standardiser: Standardiser) {
    self.source = source
    self.standardiser = standardiser
  }

  /// Writes sample `index`, standardised. Throws where that leaves the range of float32: a value
  /// can be far away from everything that was seen in training.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    try source.read(index, into: &destination)
    try standardise(&destination, index)
  }

  /// What one thread reads samples with.
  public func makeReader() throws -> any SampleReader {
    StandardisedReader(try source.makeReader(), of: self)
  }

  /// Standardises what was read of sample `index`.
  func standardise(_ sample: inout MutableSpan<Float>, _ index: Int) throws {
    standardiser.apply(to: &sample)
    if let element = firstNonFinite(in: sample.span) {
      throw FileError(
        "sample '\(source.ids[index].legible())'",
        "value \(element) is \(sample[element]) once it is standardised, expected a finite number")
    }
  }
}

extension ModalityData {
  /// Both splits, standardised by what was fitted to training samples, or saved with a model.
  public func standardised(with standardiser: Standardiser) -> ModalityData {
    guard standardiser.kind != .none else { return self }
    return ModalityData(
      train: StandardisedSource(train, with: standardiser),
      test: StandardisedSource(test, with: standardiser), warnings: warnings, leftOut: leftOut)
  }
}

extension SourceOptions {
  /// How the modality's samples are standardised.
  public var standardisation: Standardisation {
    switch self {
    case .synthetic, .text: .none
    case .arrays(let options): options.standardise
    case .audio(let options): options.standardise
    case .images(let options): options.standardise
    case .video(let options): options.picture.standardise
    case .idx(let options): options.standardise
    }
  }
}
