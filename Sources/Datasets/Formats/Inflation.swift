import CZlib
import Storage
import Tensors

/// Compressed bytes turned back by zlib, never to more than a limit.
struct Inflation {
  /// How the compressed bytes are wrapped (zlib's window bits).
  enum Format: Int32 {
    /// Bare deflate, as zip files hold it.
    case raw = -15
    /// Gzip members with their checksums, one after the other: what `cat`, `pigz` and `bgzip` make
    /// is one file too (RFC 1952, section 2.2).
    case gzip = 31
  }

  /// What a gzip member begins with.
  static let gzipMagic: [UInt8] = [0x1f, 0x8b]

  /// What came out, at most `limit` bytes.
  let bytes: [UInt8]
  /// Whether the compressed data came to its proper end (with gzip: every member did, and its
  /// checksum is right).
  let isComplete: Bool
  /// The compressed bytes used.
  let consumed: Int

  /// Inflates `input` until its end or until `limit` (above 0) bytes have come out. Throws, in the name
  /// of `place`, what zlib complains about.
  init(_ input: ArraySlice<UInt8>, _ format: Format, limit: Int, place: String) throws {
    try MachineMemory.check(limit, for: place)
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, format.rawValue, ZLIB_VERSION, size) == Z_OK else {
      throw FileError(place, "zlib could not be started")
    }
    defer { inflateEnd(&stream) }
    var status = Z_OK
    var used = 0
    bytes = input.withUnsafeBytes { source in
      [UInt8](unsafeUninitializedCapacity: limit) { output, filled in
        guard let from = source.bindMemory(to: UInt8.self).baseAddress,
          let to = output.baseAddress
        else { return }
        while status == Z_OK {
          LongWork.pass()
          // zlib counts in 32 bits; pieces of this size take some milliseconds.
          let inputCount = min(source.count - used, 1 << 22)
          let outputCount = min(limit - filled, 1 << 22)
          stream.next_in = UnsafeMutablePointer(mutating: from + used)
          stream.avail_in = UInt32(inputCount)
          stream.next_out = to + filled
          stream.avail_out = UInt32(outputCount)
          status = inflate(&stream, Z_NO_FLUSH)
          used += inputCount - Int(stream.avail_in)
          filled += outputCount - Int(stream.avail_out)
          if status == Z_STREAM_END, format == .gzip,
            input.dropFirst(used).starts(with: Self.gzipMagic)
          {
            status = inflateReset(&stream)
          }
        }
      }
    }
    isComplete = status == Z_STREAM_END
    consumed = used
    // Z_BUF_ERROR only says that input or room ran out.
    guard isComplete || status == Z_BUF_ERROR else {
      let problem = stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"
      throw FileError(place, "cannot be inflated: \(problem)")
    }
  }

  /// Whether `byteCount` bytes can come out of `compressed` ones: deflate's best is 1032 to 1.
  static func isPossible(_ byteCount: Int, from compressed: Int) -> Bool {
    byteCount / 1032 <= compressed
  }

  /// The checksum of zip and gzip.
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { buffer in
      UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }
}
