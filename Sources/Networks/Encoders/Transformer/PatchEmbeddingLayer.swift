import CKernels
import Tensors

/// An image or a spectrogram to rows (Dosovitskiy et al., 2021): the picture `[height, width,
/// channels]` is cut into patches, row by row; each is mapped linearly, and its place added.
///
/// Patches that reach beyond the picture see zeros there.
public final class PatchEmbeddingLayer: Layer {
  /// The shape of one sample of the output.
  public let outputShape: Shape
  /// What is trained, in a fixed order.
  public var parameters: [Parameter] {
    map.parameters + [positions.parameter, classToken].compactMap { $0 }
  }
  /// `[width]`: the first row of every sample, where there is one.
  public let classToken: Parameter?
  /// The number of patches of a picture.
  public let patchCount: Int

  /// The patches last.
  public let repeatsBackward = true

  private let inputShape: Shape
  private let width: Int
  private let patchSize: Int
  private let grid: PatchGrid
  private let rows: TokenRows
  let map: AffineMap
  private let positions: Positions
  private let patches: RowStorage
  private let patchGradients: RowStorage
  private let mapped: RowStorage
  private let output: RowStorage
  private let inputGradient: RowStorage

  /// An embedding of pictures of `inputShape`; a shape without channels has one.
  ///
  /// The weight is `[width, patch height, patch width, channels]`, flattened after the first axis.
  ///
  /// - Parameter classPosition: whether learned positions have a vector for the class token.
  public init(
    inputShape: Shape, patchHeight: Int, patchWidth: Int, width: Int,
    positions kind: PositionKind, hasClassToken: Bool, classPosition: Bool = false, rows: TokenRows
  ) {
    precondition(inputShape.rank == 3 || inputShape.rank == 2)
    precondition(patchHeight > 0 && patchWidth > 0 && width > 0)
    self.inputShape = inputShape
    self.width = width
    self.rows = rows
    let channels = inputShape.rank == 3 ? inputShape[2] : 1
    grid = PatchGrid(
      height: inputShape[0], width: inputShape[1], channels: channels, patchHeight: patchHeight,
      patchWidth: patchWidth)
    let down = (inputShape[0] + patchHeight - 1) / patchHeight
    let across = (inputShape[1] + patchWidth - 1) / patchWidth
    patchCount = down * across
    patchSize = patchHeight * patchWidth * channels
    outputShape = [width]
    map = AffineMap("patch", inputs: patchSize, outputs: width)
    positions = Positions(kind, rows: down, columns: across, width: width, hasClass: classPosition)
    classToken = hasClassToken ? Parameter("class", [width], .normal(deviation: 0.02)) : nil
    patches = RowStorage([patchSize])
    patchGradients = RowStorage([patchSize])
    mapped = RowStorage([width])
    output = RowStorage([width])
    inputGradient = RowStorage(inputShape)
  }

  /// The output for a batch; see `Layer`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
    setRows(of: input.count)
    let count = input.count * patchCount
    let patches = patches.rows(count)
    withUnsafePointer(to: grid) { grid in
      Threads.split(input.count, work: 2 * patchCount * patchSize) { samples, _ in
        let patches = patches.values
        for sample in samples {
          patch_gather(grid, input.sample(sample), patches + sample * patchCount * patchSize)
        }
      }
    }
    let output = output.rows(rows.rowCount)
    let mapped = extra == 0 ? output : mapped.rows(count)
    map.multiply(patches.held, into: mapped.held, rows: count)
    Threads.split(input.count, work: 4 * patchCount * width) { samples, _ in
      for sample in samples { addPlaces(to: mapped.values, sample, into: output) }
    }
    return output
  }

  /// The rows of one sample, from its mapped patches.
  private func addPlaces(
    to mapped: UnsafeMutablePointer<Float>, _ sample: Int, into output: Tensor
  ) {
    let start = output.sample(rows[sample].lowerBound)
    if let classToken { start.update(from: classToken.value, count: width) }
    if let position = positions.classVector { values_add(start, position.pointer, width) }
    let (patches, positions) = (mapped + sample * patchCount * width, positions.vectors.pointer)
    let bias = map.bias.value
    for place in 0..<patchCount {
      rows_add(
        patches + place * width, positions + place * width, bias,
        start + (place + extra) * width, 1, width)
    }
  }

  /// The gradients with respect to the parameters and, where it is wanted, to the input; see
  /// `Layer`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    precondition(outputGradient.count == rows.rowCount && outputGradient.stride == width)
    let samples = rows.sampleCount
    let count = samples * patchCount
    for parameter in [positions.parameter, classToken].compactMap({ $0 }) {
      parameter.gradient.update(repeating: 0, count: parameter.shape.elementCount)
    }
    let gradient = (extra == 0 ? outputGradient : mapped.rows(count)).held
    let size = patchCount * width
    for sample in 0..<samples {
      let first = rows[sample].lowerBound
      let own = outputGradient.storage[(first + extra) * width..<(first + extra) * width + size]
      if let classToken {
        values_add(classToken.gradient, outputGradient.sample(first), width)
        if let position = positions.classGradient {
          values_add(position.pointer, outputGradient.sample(first), width)
        }
        Elementwise.copy(own, to: gradient[sample * size..<(sample + 1) * size])
      }
      if let gradients = positions.gradients { Elementwise.add(own, to: gradients) }
    }
    map.gradients(gradient, patches.tensor.held, rows: count)
    guard wantsInputGradient else { return nil }
    let images = inputGradient.rows(samples)
    let patchGradients = patchGradients.rows(count)
    map.inputGradient(gradient, into: patchGradients.held, rows: count)
    let patches = patchGradients.values
    withUnsafePointer(to: grid) { grid in
      Threads.split(samples, work: 2 * patchCount * patchSize) { range, _ in
        for sample in range {
          patch_scatter(grid, patches + sample * patchCount * patchSize, images.sample(sample))
        }
      }
    }
    return images
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    setRows(of: count)
    _ = (patches.rows(count * patchCount), output.rows(rows.rowCount))
    if extra > 0 { _ = mapped.rows(count * patchCount) }
    if wantsInputGradient {
      _ = (inputGradient.rows(count), patchGradients.rows(count * patchCount))
    }
    return rows.rowCount
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    reserve(count, wantsInputGradient: false)
  }

  private func setRows(of samples: Int) {
    rows.removeAll()
    for _ in 0..<samples { rows.append(tokens: patchCount + extra) }
  }

  /// The rows of a sample that are no patches.
  private var extra: Int { classToken == nil ? 0 : 1 }
}
