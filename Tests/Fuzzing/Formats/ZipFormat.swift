import CZlib

/// Zip archives of `.npy` files, each number of which may be another than the true one.
enum ZipFormat {
  static func format(seeds: [[UInt8]]) -> Format {
    Format(
      seeds: seeds,
      tokens: [[0x50, 0x4b, 1, 2], [0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6], [0x50, 0x4b, 6, 6]],
      make: { make(&$0) })
  }

  /// A sound archive of entries that are stored as they are.
  static func file(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in entries {
      let sizes = little(bytes.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2)
      let common =
        little(20, 2) + little(0, 8) + little(Int(Deflated.checksum(bytes)), 4) + sizes
        + little(0, 2)
      directory += [0x50, 0x4b, 1, 2] + little(20, 2) + common + little(0, 10)
      directory += little(archive.count, 4) + Array(name.utf8)
      archive += [0x50, 0x4b, 3, 4] + common + Array(name.utf8) + bytes
    }
    let counts = little(entries.count, 2) + little(entries.count, 2)
    return archive + directory + [0x50, 0x4b, 5, 6] + little(0, 4) + counts
      + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
  }

  static func make(_ draw: inout Draw) -> [UInt8] {
    var bytes = draw.once(in: 20) ? draw.bytes(draw.below(30)) : []
    var directory: [UInt8] = []
    let count = draw.below(5)
    var names = ["a.npy", "b.npy", "x/y.npy", "a", "ü\u{1b}[31m.npy", "\n", "", "a.npy"]
    names.append(String(repeating: "n", count: 1 + draw.below(40)))
    let isWide = draw.once(in: 4)
    for _ in 0..<count {
      let content = NPYFormat.make(&draw)
      let isDeflated = draw.once(in: 2)
      let data = isDeflated ? Deflated.raw(content) : content
      let name = Array(draw.pick(names).utf8)
      let local = draw.once(in: 20) ? draw.bytes(draw.below(8)) : name
      let offset = lie(bytes.count, &draw)
      let (size, whole) = (lie(data.count, &draw), lie(content.count, &draw))
      let checksum = lie(Int(Deflated.checksum(content)), &draw)
      let method = draw.once(in: 30) ? draw.below(100) : isDeflated ? 8 : 0
      let flags = draw.once(in: 30) ? draw.below(65536) : 0
      let numbers = little(method, 2) + little(0, 4) + little(checksum, 4)
      bytes += [0x50, 0x4b, 3, 4] + little(20, 2) + little(flags, 2) + numbers
      bytes += little(size, 4) + little(whole, 4) + little(lie(local.count, &draw), 2)
      bytes += little(0, 2) + local + data
      let extra =
        isWide
        ? little(1, 2) + little(lie(24, &draw), 2) + little(whole, 8) + little(size, 8)
          + little(offset, 8) : []
      directory += [0x50, 0x4b, 1, 2] + little(20, 2) + little(20, 2) + little(flags, 2) + numbers
      directory += little(isWide ? -1 : size, 4) + little(isWide ? -1 : whole, 4)
      directory += little(lie(name.count, &draw), 2) + little(extra.count, 2) + little(0, 2)
      directory += little(0, 8) + little(isWide ? -1 : offset, 4) + name + extra
    }
    let (start, size) = (lie(bytes.count, &draw), lie(directory.count, &draw))
    let declared = lie(count, &draw)
    bytes += directory
    if isWide {
      let record = lie(bytes.count, &draw)
      bytes += [0x50, 0x4b, 6, 6] + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
      bytes += little(declared, 8) + little(declared, 8) + little(size, 8) + little(start, 8)
      bytes += [0x50, 0x4b, 6, 7] + little(0, 4) + little(record, 8) + little(1, 4)
    }
    bytes += [0x50, 0x4b, 5, 6] + little(0, 4) + little(isWide ? -1 : declared, 2)
    bytes += little(isWide ? -1 : declared, 2) + little(isWide ? -1 : size, 4)
    return bytes + little(isWide ? -1 : start, 4) + little(0, 2)
  }

  /// The true number, or seldom one that points anywhere.
  private static func lie(_ truth: Int, _ draw: inout Draw) -> Int {
    draw.once(in: 25) ? Int(truncatingIfNeeded: draw.edge(near: truth)) : truth
  }
}

/// Compressed bytes, as zlib makes them.
enum Deflated {
  /// Bare deflate data.
  static func raw(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: -15) }

  /// A gzip member.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 31) }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(crc32(0, $0.baseAddress, uInt($0.count))) }
  }

  private static func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
    var stream = z_stream()
    // The smallest state: of a million inputs, most of the time would go into clearing a larger one.
    deflateInit2_(
      &stream, 1, Z_DEFLATED, windowBits < 0 ? -9 : windowBits - 6, 1, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    let room = Int(deflateBound(&stream, uLong(bytes.count)))
    return input.withUnsafeMutableBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: room) { output, filled in
        stream.next_in = source.baseAddress
        stream.avail_in = uInt(source.count)
        stream.next_out = output.baseAddress
        stream.avail_out = uInt(room)
        deflate(&stream, Z_FINISH)
        filled = room - Int(stream.avail_out)
      }
    }
  }
}
