/// A batch of equally shaped samples: float32 storage `[count, sampleShape…]`, row-major.
///
/// Storage is allocated once, for `capacity` samples, aligned for vector loads, and reused for every
/// batch; `count` says how many samples it holds now. Tensors have reference semantics, because a
/// layer hands its own output to the next layer without a copy.
public final class Tensor {
  /// The shape of one sample. Images and spectrograms are channels-last: `[H, W, C]`.
  public let sampleShape: Shape

  /// The largest number of samples the storage holds.
  public let capacity: Int

  /// The number of samples held now.
  public var count: Int {
    didSet { precondition((0...capacity).contains(count), "\(count) samples in \(capacity)") }
  }

  /// The storage, for `capacity` samples.
  public let storage: Buffer<Float>

  /// The number of floats of one sample.
  public var stride: Int { sampleShape.elementCount }

  /// The number of floats held now.
  public var elementCount: Int { count * stride }

  /// A tensor of zeros with room for `capacity` samples.
  public init(_ sampleShape: Shape, capacity: Int, count: Int? = nil) {
    self.sampleShape = sampleShape
    self.capacity = capacity
    self.count = count ?? capacity
    storage = Buffer(capacity * sampleShape.elementCount)
  }

  /// The floats of `other` as samples of another shape, as many as fit; `other` keeps them alive.
  public init(_ sampleShape: Shape, over other: Tensor, count: Int) {
    self.sampleShape = sampleShape
    capacity = other.capacity * other.stride / max(1, sampleShape.elementCount)
    precondition((0...capacity).contains(count), "\(count) samples in \(capacity)")
    self.count = count
    storage = other.storage
  }

  /// Some samples of `other`, in the same memory, which both keep alive.
  public init(rows: Range<Int>, of other: Tensor) {
    sampleShape = other.sampleShape
    (capacity, count) = (rows.count, rows.count)
    let stride = other.stride
    storage = other.storage[rows.lowerBound * stride..<rows.upperBound * stride]
  }

  /// A tensor that holds a copy of `values`, which must be whole samples.
  public convenience init(_ sampleShape: Shape, _ values: [Float]) {
    precondition(sampleShape.elementCount > 0 && values.count % sampleShape.elementCount == 0)
    self.init(sampleShape, capacity: values.count / sampleShape.elementCount)
    storage.update(from: values)
  }

  /// The floats of sample `index`.
  public func buffer(of index: Int) -> Buffer<Float> {
    storage[index * stride..<(index + 1) * stride]
  }

  /// The values held now.
  public var held: Buffer<Float> { storage[0..<elementCount] }

  /// A copy of the values held now.
  public var array: [Float] { held.array }
}
