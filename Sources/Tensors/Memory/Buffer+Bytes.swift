/// Values of any type in a buffer of bytes, at any place: what messages are made of.
extension Buffer<UInt8> {
  /// Writes a value from the byte `place` on.
  public func store<T: BitwiseCopyable>(_ value: T, at place: Int) {
    check(place, MemoryLayout<T>.size)
    UnsafeMutableRawPointer(base).storeBytes(of: value, toByteOffset: place, as: T.self)
  }

  /// The value that stands from the byte `place` on.
  public func load<T: BitwiseCopyable>(at place: Int, as type: T.Type = T.self) -> T {
    check(place, MemoryLayout<T>.size)
    return UnsafeRawPointer(base).loadUnaligned(fromByteOffset: place, as: type)
  }

  /// Writes bytes from the byte `place` on.
  public func update(from bytes: RawSpan, at place: Int) {
    check(place, bytes.byteCount)
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      UnsafeMutableRawPointer(base + place).copyMemory(from: start, byteCount: bytes.count)
    }
  }

  /// Copies what stands from the byte `place` on to all of `values`.
  public func copy<T: BitwiseCopyable>(to values: Buffer<T>, from place: Int) {
    let byteCount = values.count * MemoryLayout<T>.stride
    check(place, byteCount)
    UnsafeMutableRawPointer(values.base).copyMemory(from: base + place, byteCount: byteCount)
  }

  /// A copy of the `count` values that stand from the byte `place` on.
  public func array<T: BitwiseCopyable>(of type: T.Type, count: Int, from place: Int) -> [T] {
    check(place, count * MemoryLayout<T>.stride)
    return [T](unsafeUninitializedCapacity: count) { buffer, initialised in
      if let start = buffer.baseAddress {
        UnsafeMutableRawPointer(start).copyMemory(
          from: base + place, byteCount: count * MemoryLayout<T>.stride)
      }
      initialised = count
    }
  }

  private func check(_ place: Int, _ byteCount: Int) {
    precondition(0 <= place && place + byteCount <= count, "\(byteCount) bytes at \(place)")
  }
}
