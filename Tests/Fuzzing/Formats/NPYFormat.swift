/// `.npy` files: the header's literal from its parts, and data that mostly fit it.
enum NPYFormat {
  static func format(seeds: [[UInt8]]) -> Format {
    Format(
      seeds: seeds, tokens: utf8(types.map { "'\($0)'" } + ["True", "(", ",)", "'shape': ", "\\"]),
      make: { make(&$0) }, repair: { fitLength(&$0, &$1) })
  }

  private static let types = [
    "<f4", "<f4", "<f8", "<f2", "|u1", "|b1", "|i1", "<i8", ">i4", "<u8", ">u2", "<U3", "|S5",
    ">U1",
    "|O", "<c8", "<f16", "<U0", "<U268435456", "|V4", "<M8[ns]", "", "<U99999999999999999999",
    "<i-4",
  ]

  /// A file with this header and data.
  static func file(_ literal: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [version, 0]
      + little(literal.utf8.count, version == 1 ? 2 : 4) + Array(literal.utf8) + data
  }

  /// A file of little-endian numbers of `type`.
  static func file(_ type: String, _ shape: String, _ data: [UInt8]) -> [UInt8] {
    file("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }", data)
  }

  static func make(_ draw: inout Draw) -> [UInt8] {
    let type = draw.pick(types)
    let axes = (0..<(draw.once(in: 40) ? 70 : draw.below(5))).map { _ in
      draw.once(in: 6) ? draw.edge() : UInt64(draw.below(5))
    }
    let lengths = axes.map(String.init).joined(separator: ", ") + (axes.count == 1 ? "," : "")
    var parts = [
      "'descr': '\(type)'", "'fortran_order': \(draw.pick(["False", "True"]))",
      "'shape': (\(lengths))",
    ]
    parts.swapAt(0, draw.below(3))
    if draw.once(in: 20) { parts.append(draw.pick(parts)) }
    let literal = "{" + parts.joined(separator: ", ") + draw.pick(["}", ", }", ", }      \n"])
    let width = UInt64(type.dropFirst(2)) ?? 1
    let factor: UInt64 = type.contains("U") ? 4 : 1
    let size = axes.reduce(width &* factor) { $0 &* $1 }
    let count = size <= 4096 ? Int(size) : draw.below(64)
    // Small numbers and zeros are what labels are made of.
    var data = draw.once(in: 2) ? draw.bytes(count) : [UInt8](repeating: 0, count: count)
    if count > 0, draw.once(in: 3) { data[draw.below(count)] = UInt8(draw.below(4)) }
    if draw.once(in: 10) { data.append(0) }
    return file(literal, data, version: draw.pick([1, 1, 1, 2, 3, 4]))
  }

  /// Makes the header end where its brace closes.
  private static func fitLength(_ bytes: inout [UInt8], _ draw: inout Draw) {
    guard bytes.count > 12, let end = bytes.lastIndex(of: UInt8(ascii: "}")) else { return }
    let (start, width) = bytes[6] == 1 ? (10, 2) : (12, 4)
    guard end >= start else { return }
    bytes.replaceSubrange(8..<8 + width, with: little(end + 1 - start, width))
  }
}
