/// Arrays whose first axis lies side by side in memory, as NumPy saves a transposed array.
enum FortranOrder {
  /// The elements of `bytes` in C order, the last axis side by side.
  ///
  /// - Parameters:
  ///   - bytes: the whole array, in Fortran order.
  ///   - shape: the length of each axis, two or more.
  ///   - elementByteCount: the bytes of one element.
  static func rearranged(
    _ bytes: ArraySlice<UInt8>, shape: [Int], elementByteCount: Int
  ) -> [UInt8] {
    precondition(bytes.count == shape.reduce(elementByteCount, *))
    var rearranged = [UInt8](repeating: 0, count: bytes.count)
    guard !bytes.isEmpty else { return rearranged }
    var room = rearranged.mutableSpan
    var target = room.mutableBytes
    let source = bytes.span.bytes
    switch elementByteCount {
    case 1: rearrange(source, into: &target, shape, of: UInt8.self)
    case 2: rearrange(source, into: &target, shape, of: UInt16.self)
    case 4: rearrange(source, into: &target, shape, of: UInt32.self)
    case 8: rearrange(source, into: &target, shape, of: UInt64.self)
    default:
      rearrange(shape: shape) { destination, place in
        for byte in 0..<elementByteCount {
          let value = source.unsafeLoad(
            fromByteOffset: place * elementByteCount + byte, as: UInt8.self)
          target.storeBytes(
            of: value, toByteOffset: destination * elementByteCount + byte, as: UInt8.self)
        }
      }
    }
    return rearranged
  }

  private static func rearrange<Element: BitwiseCopyable>(
    _ source: RawSpan, into target: inout MutableRawSpan, _ shape: [Int], of type: Element.Type
  ) {
    let size = MemoryLayout<Element>.size
    rearrange(shape: shape) { destination, place in
      // Unaligned: a `.npy` file's values begin where its header ends.
      let value = source.unsafeLoadUnaligned(fromByteOffset: place * size, as: type)
      target.storeBytes(of: value, toByteOffset: destination * size, as: type)
    }
  }

  /// Calls `copy` with each element's place in C order and in Fortran order.
  ///
  /// In squares over the first and the last axis: one of them strides in the source, the other in
  /// the destination, and a square of both stays in the processor's cache.
  @inline(__always)
  private static func rearrange(shape: [Int], copy: (_ destination: Int, _ source: Int) -> Void) {
    let (rows, columns) = (shape[0], shape[shape.count - 1])
    let middle = shape[1..<(shape.count - 1)]
    let middleCount = middle.reduce(1, *)
    let side = 32
    for top in stride(from: 0, to: rows, by: side) {
      for left in stride(from: 0, to: columns, by: side) {
        for inner in 0..<middleCount {
          // The same elements of the middle axes, counted in Fortran order.
          var (rest, scale, place) = (inner, middleCount, 0)
          for length in middle.reversed() {
            scale /= length
            place += rest % length * scale
            rest /= length
          }
          for row in top..<min(top + side, rows) {
            for column in left..<min(left + side, columns) {
              copy(
                (row * middleCount + inner) * columns + column,
                row + rows * (place + middleCount * column))
            }
          }
        }
      }
    }
  }
}
