/// IDX files, raw and gzip.
enum IDXFormat {
  static func format(_ magic: UInt64, seeds: [[UInt8]]) -> Format {
    Format(
      seeds: seeds + seeds.map(Deflated.gzip),
      tokens: [[0x1f, 0x8b], [0, 0, 8, 1], [0, 0, 8, 3]],
      make: { make(magic, &$0) })
  }

  static func file(_ magic: UInt64, _ lengths: [UInt64], _ values: [UInt8]) -> [UInt8] {
    big(magic) + lengths.flatMap(big) + values
  }

  private static func make(_ magic: UInt64, _ draw: inout Draw) -> [UInt8] {
    let rank = magic == 2049 ? 1 : 3
    let lengths = (0..<rank).map { _ in
      draw.once(in: 10) ? draw.edge() : UInt64(draw.below(6))
    }
    let count = lengths.reduce(1) { $0 &* $1 }
    let values = draw.bytes(count < 1000 ? Int(count) : draw.below(100))
    let plain = file(draw.once(in: 20) ? draw.edge() : magic, lengths, values)
    switch draw.below(4) {
    case 0: return plain
    case 1:
      // Several members, one of which may have a wrong checksum, or bytes behind it.
      let cut = draw.below(plain.count)
      var bytes = Deflated.gzip(Array(plain[..<cut])) + Deflated.gzip(Array(plain[cut...]))
      if draw.once(in: 4) { bytes[draw.below(bytes.count)] ^= 1 }
      return bytes + draw.bytes(draw.once(in: 8) ? draw.below(9) : 0)
    default: return Deflated.gzip(plain)
    }
  }
}
