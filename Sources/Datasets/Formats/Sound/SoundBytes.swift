import Glibc

/// Looks into an open file at any place; beyond its end there is nothing.
struct SoundBytes {
  let descriptor: Int32
  /// The length of the file.
  let count: Int

  init(descriptor: Int32) {
    self.descriptor = descriptor
    var status = stat()
    count = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Bytes at `offset`, fewer where the file ends.
  func bytes(_ offset: Int, _ count: Int) -> [UInt8] {
    guard offset >= 0, offset < self.count, count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: min(count, self.count - offset))
    let got = pread(descriptor, &bytes, bytes.count, offset)
    return Array(bytes.prefix(max(0, got)))
  }

  /// Bytes at `offset` as text.
  func text(_ offset: Int, _ count: Int) -> String {
    String(decoding: bytes(offset, count), as: UTF8.self)
  }

  /// The number of so many bytes at `offset`; nil where the file ends, or beyond all sizes.
  func number(_ offset: Int, byteCount: Int, isBigEndian: Bool) -> Int? {
    let found = bytes(offset, byteCount)
    guard found.count == byteCount else { return nil }
    let ordered = isBigEndian ? found : found.reversed()
    return Int(exactly: ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}

/// How a container divides itself into chunks: a name, a length, and what it is about.
struct ChunkLayout {
  /// A length from here on, in four bytes, was never filled in.
  static let openCount = 0x7FFF_0000

  static let riff = ChunkLayout(start: 12)
  static let bigRIFF = ChunkLayout(start: 12, isBigEndian: true)
  static let iff = bigRIFF
  static let coreAudio = ChunkLayout(start: 8, countByteCount: 8, isBigEndian: true, alignment: 1)
  /// Sony's: names have 16 bytes, of which the first four are RIFF's, and lengths their own head.
  static let wave64 = ChunkLayout(
    start: 40, nameByteCount: 16, countByteCount: 8, alignment: 8, countsHead: true)

  var start: Int
  var nameByteCount = 4
  var countByteCount = 4
  var isBigEndian = false
  /// Chunks begin at multiples of this.
  var alignment = 2
  /// Whether a length includes name and length.
  var countsHead = false

  struct Chunk {
    let name: String
    /// Where its content begins.
    let offset: Int
    /// The length of its content; nil: it was never filled in.
    let count: Int?
  }

  /// The chunks from the first to one that is broken, or whose length is open.
  func chunks(of bytes: SoundBytes) -> [Chunk] {
    var chunks: [Chunk] = []
    var position = start
    let headByteCount = nameByteCount + countByteCount
    // More chunks than any program writes are a broken file.
    while chunks.count < 1000 {
      let name = bytes.text(position, 4)
      let raw = bytes.bytes(position + nameByteCount, countByteCount)
      guard raw.count == countByteCount else { break }
      let number = bytes.number(
        position + nameByteCount, byteCount: countByteCount, isBigEndian: isBigEndian)
      position += headByteCount
      let count = number.map { $0 - (countsHead ? headByteCount : 0) }.flatMap { count in
        count < 0 || (countByteCount == 4 && count >= Self.openCount) ? nil : count
      }
      chunks.append(Chunk(name: name, offset: position, count: count))
      guard let count, count <= bytes.count - position else { break }
      position += (count + alignment - 1) / alignment * alignment
    }
    return chunks
  }
}
