import Storage
import Tensors

/// The built-in data sets lazy2 and lazy3: one modality that is easy to learn, and one or two hard
/// ones that joint training leaves half learned.
///
/// Strong modality, 200 numbers: x = centre[y] + N(0, I), centres of length 3. Weak modality, 40
/// numbers: z = one of the class's six centres r N(0, I_8) + 0.3 N(0, I_8), x = z A + 0.3 N(0,
/// I_40), A `[8, 40]` of N(0, 1)/sqrt(40). Labels come from one stream of the seed, each modality
/// from its own, so that a rank draws its own modality alone and all agree on the labels.
public struct SyntheticSource: SampleSource {
  /// One id a sample.
  public let ids: [String]
  /// One label a sample, from 0.
  public let labels: [Int]
  /// The shape of one sample.
  public let sampleShape: Shape

  private let component: SyntheticComponent
  private let offset: Int

  /// Copies sample `index`.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    precondition(ids.indices.contains(index), "sample \(index) of \(ids.count)")
    let stride = sampleShape.elementCount
    let start = (offset + index) * stride
    destination.take(component.values[start..<(start + stride)].span)
  }

  /// Draws one modality: 1,500 training and 2,000 test samples.
  static func open(
    _ options: SyntheticOptions, classes: [String], seed: UInt64
  ) throws -> ModalityData {
    let set = options.set
    guard classes.count == set.classCount else {
      throw FileError(
        set.rawValue, "has \(set.classCount) classes, but \(classes.count) are configured")
    }
    guard (0..<set.componentCount).contains(options.component) else {
      throw FileError(
        set.rawValue,
        "there is no component \(options.component), expected 0 to"
          + " \(set.componentCount - 1)")
    }
    let seed = options.seed ?? seed
    let labels = set.labels(seed: seed)
    let reader = LabelReader(classes: classes)
    for number in classes.indices { _ = try reader.label(number, place: set.rawValue) }
    let component = SyntheticComponent(set, options.component, labels: labels, seed: seed)
    func split(_ name: String, _ range: Range<Int>) -> SyntheticSource {
      SyntheticSource(
        ids: range.indices.map { number in
          let digits = String(number - range.lowerBound)
          return name + String(repeating: "0", count: 5 - digits.count) + digits
        },
        labels: Array(labels[range]), sampleShape: [component.width], component: component,
        offset: range.lowerBound)
    }
    return ModalityData(
      train: split("train", 0..<trainCount), test: split("test", trainCount..<sampleCount))
  }

  static let trainCount = 1500
  static let sampleCount = 3500
}

extension SyntheticOptions.Set {
  /// The number of classes.
  public var classCount: Int { self == .lazy2 ? 6 : 10 }

  /// The number of modalities; the first is the strong one.
  public var componentCount: Int { 1 + weakRadii.count }

  /// The spread r of the blobs' centres in each weak modality.
  var weakRadii: [Double] { self == .lazy2 ? [0.8] : [0.8, 0.7] }

  /// The labels of all samples, training samples first: the same for every modality.
  func labels(seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: "\(rawValue).labels")
    return (0..<SyntheticSource.sampleCount).map { _ in generator.integer(below: classCount) }
  }
}

/// The samples of one modality of a set, and what they were drawn around.
struct SyntheticComponent: Sendable {
  /// `[classes, width]` in the strong modality, `[classes, blobs, latent]` in a weak one.
  let centres: [Double]
  /// `[latent, width]`, empty in the strong modality.
  let mixing: [Double]
  /// The blob of each sample, empty in the strong modality.
  let blobs: [Int]
  /// `[samples, width]`.
  let values: [Float]
  /// The numbers of a sample.
  let width: Int

  static let strongWidth = 200
  static let strongLength = 3.0
  static let weakWidth = 40
  static let latentWidth = 8
  static let blobCount = 6
  static let noise = 0.3

  init(_ set: SyntheticOptions.Set, _ number: Int, labels: [Int], seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: "\(set.rawValue).component\(number)")
    func normals(_ count: Int) -> [Double] { (0..<count).map { _ in generator.normal() } }
    guard number > 0 else {
      let width = Self.strongWidth
      let centres = (0..<set.classCount).flatMap { _ in
        let direction = normals(width)
        let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return direction.map { $0 * (Self.strongLength / length) }
      }
      values = labels.flatMap { label in
        (0..<width).map { Float(centres[label * width + $0] + generator.normal()) }
      }
      (self.width, self.centres, mixing, blobs) = (width, centres, [], [])
      return
    }
    let (width, latent) = (Self.weakWidth, Self.latentWidth)
    let radius = set.weakRadii[number - 1]
    let centres = normals(set.classCount * Self.blobCount * latent).map { $0 * radius }
    let mixing = normals(latent * width).map { $0 / Double(width).squareRoot() }
    let blobs = labels.map { _ in generator.integer(below: Self.blobCount) }
    values = zip(labels, blobs).flatMap { label, blob in
      let centre = centres[((label * Self.blobCount + blob) * latent)...]
      let hidden = centre.prefix(latent).map { $0 + Self.noise * generator.normal() }
      return (0..<width).map { column in
        var mixed = 0.0
        for row in 0..<latent { mixed += hidden[row] * mixing[row * width + column] }
        return Float(mixed + Self.noise * generator.normal())
      }
    }
    (self.width, self.centres, self.mixing, self.blobs) = (width, centres, mixing, blobs)
  }
}
