import Networks
import Storage
import Tensors

/// An encoder of a case, and how the reference's layout of its arrays maps to ours.
///
/// The reference is channels-first, we are channels-last: inputs, convolution kernels and the columns
/// of the linear layer after them are permuted on the way in and back on the way out.
struct OracleEncoder: Sendable {
  let architecture: EncoderArchitecture
  let inputShape: Shape
  let featureCount: Int
  /// The axes of each parameter, as the reference has them.
  let parameterShapes: [[Int]]
  private let convolution: Convolution?

  private struct Convolution: Sendable {
    let channels, height, width, filters, kernel: Int
    var pooledHeight: Int { (height - kernel + 1) / 2 }
    var pooledWidth: Int { (width - kernel + 1) / 2 }
  }

  init(_ options: CaseOptions) throws {
    let kind: String = try options.value("kind")
    switch kind {
    case "linear", "mlp":
      let isLinear = kind == "linear"
      let sizes: [Int] =
        isLinear
        ? [try options.value("in"), try options.value("out")]
        : try options.value("sizes", default: [])
      guard 2...64 ~= sizes.count else {
        throw FileError(options.place, "an mlp needs two sizes or more, and at most 64")
      }
      try Self.check(sizes, most: 65_536, place: options.place)
      var mlp = MLPOptions()
      mlp.hidden = Array(sizes[1..<(sizes.count - 1)])
      mlp.finalReLU = try options.value("final_relu", default: !isLinear)
      architecture = .mlp(mlp)
      inputShape = [sizes[0]]
      featureCount = sizes[sizes.count - 1]
      parameterShapes = zip(sizes, sizes.dropFirst()).flatMap { [[$1, $0], [$1]] }
      convolution = nil
    case "conv":
      let layout = Convolution(
        channels: try options.value("channels"), height: try options.value("height"),
        width: try options.value("width"), filters: try options.value("filters"),
        kernel: try options.value("kernel"))
      featureCount = try options.value("out")
      try Self.check(
        [
          layout.channels, layout.height, layout.width, layout.filters, layout.kernel, featureCount,
        ], most: 4096, place: options.place)
      guard layout.pooledHeight > 0, layout.pooledWidth > 0 else {
        throw FileError(
          options.place,
          "a kernel of \(layout.kernel) leaves nothing to pool of \(layout.height) x \(layout.width)"
        )
      }
      var cnn = CNNOptions()
      cnn.channels = [layout.filters]
      cnn.kernel = layout.kernel
      cnn.padding = 0
      cnn.norm = .none
      cnn.pooling = .mean
      cnn.finalReLU = try options.value("final_relu", default: true)
      architecture = .cnn(cnn)
      inputShape = [layout.height, layout.width, layout.channels]
      let places = layout.pooledHeight * layout.pooledWidth
      parameterShapes = [
        [layout.filters, layout.channels, layout.kernel, layout.kernel], [layout.filters],
        [featureCount, layout.filters, places], [featureCount],
      ]
      convolution = layout
    default:
      throw FileError(options.place, "the encoder kind '\(kind.legible())' is unknown")
    }
  }

  /// Throws where a size is none, or larger than any case's.
  private static func check(_ sizes: [Int], most: Int, place: String) throws {
    guard let size = sizes.first(where: { !(1...most).contains($0) }) else { return }
    throw FileError(place, "found a size of \(size), expected 1 to \(most)")
  }

  /// Samples `[n, c, h, w]` as `[n, h, w, c]`.
  func channelsLast(_ values: [Float]) -> [Float] {
    guard let layout = convolution else { return values }
    return Self.permuted(
      values, [layout.channels, layout.height * layout.width], toLast: true)
  }

  /// A parameter, or its velocity, from the reference's layout to ours (`toLast`) or back.
  func permuted(_ values: [Float], parameter: Int, toLast: Bool) -> [Float] {
    guard let layout = convolution else { return values }
    switch parameter {
    case 0:
      return Self.permuted(
        values, [layout.channels, layout.kernel * layout.kernel], toLast: toLast)
    case 2:
      return Self.permuted(
        values, [layout.filters, layout.pooledHeight * layout.pooledWidth], toLast: toLast)
    default: return values
    }
  }

  /// Swaps the two axes of every block `[channels, places]` (or back).
  private static func permuted(_ values: [Float], _ block: [Int], toLast: Bool) -> [Float] {
    let (channels, places) = (block[0], block[1])
    var result = values
    for start in stride(from: 0, to: values.count, by: channels * places) {
      for channel in 0..<channels {
        for place in 0..<places {
          let first = start + channel * places + place
          let last = start + place * channels + channel
          if toLast { result[last] = values[first] } else { result[first] = values[last] }
        }
      }
    }
    return result
  }
}
