/// Files written byte by byte, sound and unsound ones, independently of the code under test.
enum Handmade {
  static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func big(_ value: Int) -> [UInt8] { little(value, 4).reversed() }

  /// A `.npy` file with this header literal and data, version 1.0.
  static func npy(literal: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [version, 0] + little(literal.utf8.count, version == 1 ? 2 : 4)
      + Array(literal.utf8) + data
  }

  /// A `.npy` file of float32 values.
  static func npy(_ shape: String, _ values: [Float]) -> [UInt8] {
    npy(literal: header(shape), values.withUnsafeBytes { Array($0) })
  }

  /// A `.npy` file of int32 values.
  static func npy(_ shape: String, _ values: [Int32]) -> [UInt8] {
    npy(literal: header(shape, "<i4"), values.withUnsafeBytes { Array($0) })
  }

  static func header(_ shape: String, _ descr: String = "<f4") -> String {
    "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }"
  }

  /// An IDX file of unsigned bytes.
  static func idx(_ magic: Int, _ lengths: [Int], _ values: [UInt8]) -> [UInt8] {
    big(magic) + lengths.flatMap(big) + values
  }

  /// CRC-32, bit by bit.
  static func crc(_ bytes: [UInt8]) -> Int {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = (crc >> 1) ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return Int(~crc)
  }

  /// `bytes` as deflate data without compression.
  static func deflateStored(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count <= 0xffff)
    return [1] + little(bytes.count, 2) + little(~bytes.count, 2) + bytes
  }

  /// 1 + 258 * `runs` zeros as deflate data: the strongest compression there is.
  static func deflateZeros(runs: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var (current, filled): (UInt8, UInt8) = (0, 0)
    func put(_ bits: String) {
      for bit in bits {
        if bit == "1" { current |= 1 << filled }
        filled += 1
        if filled == 8 {
          bytes.append(current)
          (current, filled) = (0, 0)
        }
      }
    }
    put("1" + "10")  // The last block, fixed Huffman codes.
    put("00110000")  // The literal 0.
    for _ in 0..<runs { put("11000101" + "00000") }  // Length 258, distance 1.
    put("0000000")  // The end.
    return filled == 0 ? bytes : bytes + [current]
  }

  static func gzip(_ deflated: [UInt8], of bytes: [UInt8]) -> [UInt8] {
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + deflated + little(crc(bytes), 4)
      + little(bytes.count, 4)
  }

  static func gzip(_ bytes: [UInt8]) -> [UInt8] { gzip(deflateStored(bytes), of: bytes) }

  /// One file of a zip archive; what is declared can be changed apart from what is there.
  struct Entry {
    var name: String
    var data: [UInt8]
    var localName: String
    var method = 0
    var flags = 0
    var crc: Int
    var count: Int
    var compressedCount: Int
    var offset: Int?

    init(_ name: String, _ content: [UInt8], deflated: [UInt8]? = nil) {
      self.name = name
      localName = name
      data = deflated ?? content
      method = deflated == nil ? 0 : 8
      crc = Handmade.crc(content)
      count = content.count
      compressedCount = data.count
    }

    func with(_ change: (inout Entry) -> Void) -> Entry {
      var copy = self
      change(&copy)
      return copy
    }
  }

  /// A zip archive; `wide` writes all sizes as zip64.
  static func zip(_ entries: [Entry], wide: Bool = false, declared: Int? = nil) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let offset = entry.offset ?? bytes.count
      let (name, local) = (Array(entry.name.utf8), Array(entry.localName.utf8))
      bytes += [0x50, 0x4b, 3, 4] + little(20, 2) + little(entry.flags, 2)
      bytes += little(entry.method, 2) + little(0, 4) + little(entry.crc, 4)
      bytes += little(entry.compressedCount, 4) + little(entry.count, 4)
      bytes += little(local.count, 2) + little(0, 2) + local + entry.data
      let extra =
        little(1, 2) + little(24, 2) + little(entry.count, 8) + little(entry.compressedCount, 8)
        + little(offset, 8)
      directory += [0x50, 0x4b, 1, 2] + little(20, 2) + little(20, 2) + little(entry.flags, 2)
      directory += little(entry.method, 2) + little(0, 4) + little(entry.crc, 4)
      directory += little(wide ? -1 : entry.compressedCount, 4) + little(wide ? -1 : entry.count, 4)
      directory += little(name.count, 2) + little(wide ? extra.count : 0, 2) + little(0, 2)
      directory += little(0, 8) + little(wide ? -1 : offset, 4) + name + (wide ? extra : [])
    }
    let start = bytes.count
    let count = declared ?? entries.count
    bytes += directory
    if wide {
      let record = bytes.count
      bytes += [0x50, 0x4b, 6, 6] + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
      bytes += little(count, 8) + little(count, 8) + little(directory.count, 8) + little(start, 8)
      bytes += [0x50, 0x4b, 6, 7] + little(0, 4) + little(record, 8) + little(1, 4)
    }
    bytes += [0x50, 0x4b, 5, 6] + little(0, 4)
    bytes += little(wide ? -1 : count, 2) + little(wide ? -1 : count, 2)
    bytes += little(wide ? -1 : directory.count, 4) + little(wide ? -1 : start, 4)
    return bytes + little(0, 2)
  }
}
