import Glibc

/// Zeroed memory on 64-byte boundaries, so that vector loads never straddle a cache line.
public enum AlignedStorage {
  /// Room for `count` floats, all zero. Release it with `free`.
  public static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    allocate(count, of: Float.self)
  }

  /// Room for `count` doubles, all zero. Release it with `free`.
  public static func doubles(_ count: Int) -> UnsafeMutablePointer<Double> {
    allocate(count, of: Double.self)
  }

  /// Releases what `floats` or `doubles` gave.
  public static func free(_ pointer: UnsafeMutableRawPointer) {
    Glibc.free(pointer)
  }

  private static func allocate<T>(_ count: Int, of type: T.Type) -> UnsafeMutablePointer<T> {
    let bytes = max(64, (count * MemoryLayout<T>.stride + 63) & ~63)
    guard let raw = aligned_alloc(64, bytes) else {
      fatalError("out of memory: \(bytes) bytes were asked for")
    }
    memset(raw, 0, bytes)
    return raw.bindMemory(to: type, capacity: count)
  }
}
