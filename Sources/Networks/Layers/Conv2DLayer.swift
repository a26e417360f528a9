import CKernels
import Tensors

/// A two-dimensional convolution (cross-correlation, as everywhere in this field) with square
/// kernels: `[H, W, C]` to `[(H + 2 padding - kernel) / stride + 1, the same of W, filters]`,
/// rounded down.
///
/// Weights are `[filters, kernel, kernel, C]`, so a patch of the channels-last input is `kernel`
/// contiguous runs. Two ways of computing share this layer:
///
/// - **columns**: a tile of patches is copied into rows of a small buffer, one sgemm a tile;
/// - **direct**: patches are read in place, without packing or copying; faster, and used where filters
///   come in sixteens, on every processor: the shape alone chooses, so that bits do not depend on it.
public final class Conv2DLayer: Layer {
  /// How products are computed.
  enum Method {
    case direct, columns
  }

  /// `[outHeight, outWidth, filters]`.
  public let outputShape: Shape
  /// `weight`, then `bias` if there is one.
  public var parameters: [Parameter] { bias.map { [weight, $0] } ?? [weight] }
  /// `[filters, kernel, kernel, channels]`, He normal.
  public let weight: Parameter
  /// `[filters]`, zero at first; nil before a norm, which would take it away again.
  public let bias: Parameter?

  /// Input and weights last.
  public let repeatsBackward = true

  private let inputShape: Shape
  private let output: Tensor
  private lazy var inputGradient = Tensor(inputShape, capacity: output.capacity)
  private var remembered: Tensor?
  private let columns: ColumnConvolution
  private let direct: DirectConvolution?
  private let biasSums: Buffer<Double>

  /// A convolution by `filters` kernels of `kernel` by `kernel`, `stride` apart, over an input with
  /// `padding` zeros on each side.
  public convenience init(
    inputShape: Shape, filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    hasBias: Bool = true, capacity: Int
  ) {
    self.init(
      inputShape: inputShape, filters: filters, kernel: kernel, stride: stride, padding: padding,
      hasBias: hasBias, capacity: capacity, method: .direct)
  }

  /// The same, computed as `method` says where that is possible.
  init(
    inputShape: Shape, filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    hasBias: Bool = true, capacity: Int, method: Method
  ) {
    precondition(inputShape.rank == 3 && filters > 0 && kernel > 0 && stride > 0 && padding >= 0)
    let (height, width) = (inputShape[0], inputShape[1])
    let fits = min(height, width) + 2 * padding >= kernel
    precondition(fits, "kernel \(kernel) is larger than the input \(inputShape)")
    self.inputShape = inputShape
    let geometry = Convolution(
      height: height, width: width, channels: inputShape[2],
      outHeight: (height + 2 * padding - kernel) / stride + 1,
      outWidth: (width + 2 * padding - kernel) / stride + 1, filters: filters, kernel: kernel,
      stride: stride, padding: padding)
    outputShape = [geometry.outHeight, geometry.outWidth, filters]
    weight = Parameter(
      "weight", [filters, kernel, kernel, inputShape[2]],
      .heNormal(fanIn: kernel * kernel * inputShape[2]))
    bias = hasBias ? Parameter("bias", [filters], .constant(0)) : nil
    output = Tensor(outputShape, capacity: capacity)
    columns = ColumnConvolution(geometry)
    direct = method == .direct && filters % 16 == 0 ? DirectConvolution(geometry) : nil
    biasSums = Buffer(filters)
  }

  /// The convolution `[n, outHeight, outWidth, filters]` of `input [n, H, W, C]`.
  public func forward(_ input: Tensor, mode: Mode) -> Tensor {
    precondition(input.stride == inputShape.elementCount, "input \(input.sampleShape)")
    remembered = mode == .training ? input : nil
    output.count = input.count
    if let direct {
      direct.forward(input, weights: weight.value, into: output)
    } else {
      columns.forward(input, weights: weight.value, into: output)
    }
    if let bias {
      let filters = outputShape[2]
      RowKernels.addBias(
        output.held, bias.values, rows: output.elementCount / filters, columns: filters)
    }
    return output
  }

  /// The gradient with respect to the weights (and the bias); on request that with respect to the
  /// input, `[n, H, W, C]`.
  public func backward(_ outputGradient: Tensor, wantsInputGradient: Bool) -> Tensor? {
    guard let input = remembered else { preconditionFailure("backward before training forward") }
    precondition(
      outputGradient.count == input.count && outputGradient.stride == outputShape.elementCount)
    if let bias {
      let filters = outputShape[2]
      let (sums, gradient) = (biasSums.pointer, bias.gradient)
      rows_column_sums_double(
        outputGradient.values, sums, outputGradient.elementCount / filters, filters)
      for index in 0..<filters { gradient[index] = Float(sums[index]) }
    }
    if let direct {
      direct.weightGradient(input, outputGradient, into: weight.gradient)
    } else {
      columns.weightGradient(input, outputGradient, into: weight.gradient)
    }
    guard wantsInputGradient else { return nil }
    inputGradient.count = input.count
    if let direct, direct.givesInputGradient {
      direct.inputGradient(outputGradient, weights: weight.value, into: inputGradient)
    } else {
      columns.inputGradient(outputGradient, weights: weight.value, into: inputGradient)
    }
    return inputGradient
  }

  /// Takes the memory of training; see `Layer`.
  public func reserve(_ count: Int, wantsInputGradient: Bool) -> Int {
    direct?.reserve(wantsInputGradient: wantsInputGradient)
    if direct == nil || wantsInputGradient && direct?.givesInputGradient == false {
      columns.reserve()
    }
    if wantsInputGradient { _ = inputGradient }
    return count
  }

  /// Takes the memory of evaluation; see `Layer`.
  public func reserve(evaluating count: Int) -> Int {
    direct?.reserve(wantsInputGradient: false)
    if direct == nil { columns.reserve() }
    return count
  }
}
