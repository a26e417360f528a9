import CMessageDigest

/// An incremental SHA-256 digest (FIPS 180-4) by libmd.
///
///     var digest = SHA256()
///     digest.update(header)
///     digest.update(data)
///     digest.hex
public struct SHA256 {
  private var context = SHA2_CTX()

  /// The digest of nothing yet.
  public init() {
    SHA256Init(&context)
  }

  /// Takes `bytes` in, after all that came before.
  public mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes {
      guard let start = $0.baseAddress else { return }
      SHA256Update(&context, start.assumingMemoryBound(to: UInt8.self), $0.count)
    }
  }

  /// Takes `bytes` in, after all that came before.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    update(bytes.span.bytes)
  }

  /// The 32 bytes of the digest of all that was taken in; more may follow.
  public var bytes: [UInt8] {
    var finished = context
    return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      SHA256Final(buffer.baseAddress, &finished)
      count = 32
    }
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
