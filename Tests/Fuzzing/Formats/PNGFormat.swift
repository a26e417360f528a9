/// The chunks of PNG.
enum PNGFormat {
  static let chunks = [
    "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "iCCP", "zTXt", "iTXt", "eXIf", "acTL", "fdAT",
    "\0\0\0\0IDAT", "\0\0\0\0IEND",
  ]

  /// Makes the sums of all chunks right again, as far as their lengths make sense.
  @Sendable static func repair(_ bytes: inout [UInt8], _ draw: inout Draw) {
    var place = 8
    while place + 12 <= bytes.count {
      let count = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard count <= bytes.count - place - 12 else { return }
      let end = place + 8 + count
      let sum = Deflated.checksum(Array(bytes[place + 4..<end]))
      bytes.replaceSubrange(end..<end + 4, with: big(UInt64(sum)))
      place = end + 4
    }
  }
}
