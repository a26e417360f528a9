/// Makes inputs: a seed, or a file with the format's structure, damaged in a few places.
struct Mutator {
  let format: Format
  /// No input becomes longer.
  let longest: Int

  /// Input `index` of a reader's series, a function of its arguments and the seeds alone; the seeds
  /// and what is large come first, as they are.
  func input(_ index: Int, of reader: String, seed: UInt64) -> [UInt8] {
    let whole = format.seeds + format.large.filter { $0.count <= longest }
    if index < whole.count { return whole[index] }
    var draw = Draw(seed: seed, reader: reader, index: index)
    var bytes: [UInt8]
    var rounds = 1 + (draw.once(in: 3) ? draw.below(12) : draw.below(3))
    if let make = format.make, format.seeds.isEmpty || draw.once(in: 2) {
      bytes = make(&draw)
      if draw.once(in: 2) { rounds = 0 }
    } else {
      bytes = draw.pick(format.seeds)
    }
    for _ in 0..<rounds { damage(&bytes, &draw) }
    if draw.once(in: 2) { format.repair?(&bytes, &draw) }
    if bytes.count > longest { bytes.removeLast(bytes.count - longest) }
    return bytes
  }

  /// Makes one place other than it was.
  func damage(_ bytes: inout [UInt8], _ draw: inout Draw) {
    guard !bytes.isEmpty else { return bytes = draw.bytes(1 + draw.below(16)) }
    let place = draw.below(bytes.count)
    switch draw.below(17) {
    case 0, 1: bytes[place] ^= 1 << UInt8(draw.below(8))
    case 2: bytes[place] = draw.byte()
    case 3: bytes[place] = draw.pick([0, 1, 0x20, 0x22, 0x0a, 0x7f, 0x80, 0xff])
    case 4, 5: overwrite(&bytes, place, with: number(&draw, near: bytes.count))
    case 6: bytes.removeLast(bytes.count - place)
    case 7: bytes.removeSubrange(range(in: bytes, from: place, &draw))
    case 8:
      bytes.insert(
        contentsOf: bytes[range(in: bytes, from: place, &draw)], at: draw.below(bytes.count))
    case 9: if let token = token(&draw) { bytes.insert(contentsOf: token, at: place) }
    case 10: if let token = token(&draw) { overwrite(&bytes, place, with: token) }
    case 11, 12: changeDigits(&bytes, from: place, &draw)
    case 13: splice(&bytes, at: place, &draw)
    case 14: swapRanges(&bytes, &draw)
    case 15:
      let value = draw.pick([0, 0x20, 0x5b, 0xff, draw.byte()] as [UInt8])
      for index in range(in: bytes, from: place, &draw) { bytes[index] = value }
    default: grow(&bytes, at: place, &draw)
    }
  }

  /// A number at an end of some type, in one of the widths and orders that files have.
  private func number(_ draw: inout Draw, near size: Int) -> [UInt8] {
    let bytes = little(draw.edge(near: size), draw.pick([2, 4, 8]))
    return draw.once(in: 2) ? bytes : bytes.reversed()
  }

  private func token(_ draw: inout Draw) -> [UInt8]? {
    format.tokens.isEmpty ? nil : draw.pick(format.tokens)
  }

  private func overwrite(_ bytes: inout [UInt8], _ place: Int, with piece: [UInt8]) {
    for (index, byte) in piece.enumerated() where place + index < bytes.count {
      bytes[place + index] = byte
    }
  }

  /// Mostly a few bytes, sometimes up to the end.
  private func range(in bytes: [UInt8], from place: Int, _ draw: inout Draw) -> Range<Int> {
    let rest = bytes.count - place
    let count = draw.once(in: 4) ? 1 + draw.below(rest) : min(rest, 1 + draw.below(16))
    return place..<place + count
  }

  /// Replaces the next number that is written as text.
  private func changeDigits(_ bytes: inout [UInt8], from place: Int, _ draw: inout Draw) {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    let value = draw.edge(near: bytes.count)
    let text: String =
      switch draw.below(6) {
      case 0: "\(Int64(truncatingIfNeeded: value))"
      case 1: "\(value)\(value)\(value)"
      case 2: draw.pick(["1e999", "-0", "0x10", "1.5", "NaN", "1e-999", "00", "+1"])
      default: "\(value)"
      }
    bytes.replaceSubrange(start..<end, with: text.utf8)
  }

  /// The beginning of this and the end of another.
  private func splice(_ bytes: inout [UInt8], at place: Int, _ draw: inout Draw) {
    guard !format.seeds.isEmpty else { return }
    let other = draw.pick(format.seeds)
    guard !other.isEmpty else { return }
    bytes.replaceSubrange(place..., with: other[draw.below(other.count)...])
  }

  private func swapRanges(_ bytes: inout [UInt8], _ draw: inout Draw) {
    let count = min(1 + draw.below(16), bytes.count)
    let (one, other) = (draw.below(bytes.count - count + 1), draw.below(bytes.count - count + 1))
    for index in 0..<count { bytes.swapAt(one + index, other + index) }
  }

  /// Many times the same, as in deep nesting; and, so that it does not cost all the time, seldom
  /// very many times.
  private func grow(_ bytes: inout [UInt8], at place: Int, _ draw: inout Draw) {
    let piece = Array(bytes[place..<min(bytes.count, place + 1 + draw.below(12))])
    let room = max(1, (longest - bytes.count) / piece.count)
    let most = draw.once(in: 500) ? room : draw.once(in: 20) ? min(room, 4000) : min(room, 40)
    let repeated = repeatElement(piece, count: 1 + draw.below(most)).joined()
    bytes.insert(contentsOf: Array(repeated), at: place)
  }
}
