import Storage

/// A zip archive in memory (PKWARE's APPNOTE): stored and deflated entries, zip64, checksums.
///
/// Nothing in the archive is believed before it has been compared with what is really there.
struct ZipArchive: Sendable {
  /// One file of the archive, as the central directory declares it.
  struct Entry: Sendable {
    let name: String
    let method: UInt16
    let checksum: UInt32
    let compressedCount: Int
    let count: Int
    let headerOffset: Int
  }

  let entries: [Entry]
  private let bytes: [UInt8]

  /// Reads the archive's central directory.
  init(_ bytes: [UInt8], place: String) throws {
    self.bytes = bytes
    let directory = try ZipDirectory(bytes, place: place)
    var reader = ByteReader(bytes[directory.range], place: place)
    var entries: [Entry] = []
    while reader.remaining > 0 {
      entries.append(try Entry(&reader, place: place))
    }
    guard entries.count == directory.entryCount else {
      throw FileError(
        place,
        "lists \(counted(entries.count, "entry")), but declares \(directory.entryCount) of them")
    }
    self.entries = entries
  }

  /// The bytes of an entry, checked: a range of the archive itself where they are stored plainly.
  func content(of entry: Entry, place: String) throws -> (bytes: [UInt8], range: Range<Int>) {
    let compressed = try data(of: entry, place: place)
    let content: (bytes: [UInt8], range: Range<Int>)
    if entry.method == Entry.stored {
      guard entry.count == entry.compressedCount else {
        throw FileError(
          place, "is stored in \(entry.compressedCount) bytes, but declares \(entry.count)")
      }
      // A small array should not keep a large file in memory.
      content =
        compressed.count < bytes.count / 2
        ? (Array(compressed), 0..<compressed.count) : (bytes, compressed.indices)
    } else {
      let inflated = try inflate(compressed, of: entry, place: place)
      content = (inflated, inflated.indices)
    }
    guard Inflation.crc32(content.bytes[content.range]) == entry.checksum else {
      throw FileError(place, "is damaged: its checksum (CRC-32) is wrong")
    }
    return content
  }

  private func inflate(
    _ compressed: ArraySlice<UInt8>, of entry: Entry, place: String
  ) throws -> [UInt8] {
    guard Inflation.isPossible(entry.count, from: compressed.count) else {
      throw FileError(
        place, "declares \(entry.count) bytes, more than \(compressed.count) can be inflated to")
    }
    // One byte of room too much shows an entry that holds more than it declares.
    let result = try Inflation(compressed, .raw, limit: entry.count + 1, place: place)
    guard result.bytes.count <= entry.count else {
      throw FileError(place, "inflates to more than the \(entry.count) bytes it declares")
    }
    guard result.isComplete, result.bytes.count == entry.count else {
      throw FileError(
        place, "inflates to \(result.bytes.count) bytes, but declares \(entry.count)")
    }
    guard result.consumed == compressed.count else {
      let rest = counted(compressed.count - result.consumed, "byte")
      throw FileError(place, "has \(rest) after the end of its data")
    }
    return result.bytes
  }

  private func data(of entry: Entry, place: String) throws -> ArraySlice<UInt8> {
    var reader = ByteReader(bytes[...], place: place, offset: entry.headerOffset)
    guard try reader.little(UInt32.self, "local header") == 0x0403_4b50 else {
      throw FileError(place, "has no local header where the directory says")
    }
    _ = try reader.take(22, "local header")
    let nameCount = Int(try reader.little(UInt16.self, "local header"))
    let extraCount = Int(try reader.little(UInt16.self, "local header"))
    let name = try reader.take(nameCount, "local header")
    guard name.elementsEqual(entry.name.utf8) else {
      throw FileError(place, "has another name in its local header than in the directory")
    }
    _ = try reader.take(extraCount, "local header")
    return try reader.take(entry.compressedCount, "data")
  }
}

extension ZipArchive.Entry {
  static let stored: UInt16 = 0
  static let deflated: UInt16 = 8

  /// Reads one header of the central directory.
  fileprivate init(_ reader: inout ByteReader, place: String) throws {
    let part = "zip directory"
    guard try reader.little(UInt32.self, part) == 0x0201_4b50 else {
      throw FileError(place, "has a damaged zip directory")
    }
    _ = try reader.take(4, part)
    let flags = try reader.little(UInt16.self, part)
    method = try reader.little(UInt16.self, part)
    _ = try reader.take(4, part)
    checksum = try reader.little(UInt32.self, part)
    let compressedCount = try reader.little(UInt32.self, part)
    let count = try reader.little(UInt32.self, part)
    let nameCount = Int(try reader.little(UInt16.self, part))
    let extraCount = Int(try reader.little(UInt16.self, part))
    let commentCount = Int(try reader.little(UInt16.self, part))
    _ = try reader.take(8, part)
    let headerOffset = try reader.little(UInt32.self, part)
    let nameBytes = try reader.take(nameCount, part)
    guard let text = String(validating: nameBytes, as: UTF8.self) else {
      throw FileError(place, "has an entry whose name is not UTF-8")
    }
    name = text
    let extra = try reader.take(extraCount, part)
    _ = try reader.take(commentCount, part)
    guard flags & 1 == 0 else {
      throw FileError(place, "the entry '\(name.legible())' is encrypted")
    }
    guard [Self.stored, Self.deflated].contains(method) else {
      throw FileError(
        place,
        "the entry '\(name.legible())' uses compression method \(method); save it with"
          + " numpy.savez or numpy.savez_compressed")
    }
    var wide = try ZipWideNumbers(extra, place: place)
    self.count = try wide.number(count)
    self.compressedCount = try wide.number(compressedCount)
    self.headerOffset = try wide.number(headerOffset)
  }
}

/// The 64-bit numbers of an entry (zip64, extra field 1): one for each 32-bit field that is full.
private struct ZipWideNumbers {
  private var reader: ByteReader

  init(_ extra: ArraySlice<UInt8>, place: String) throws {
    var fields = ByteReader(extra, place: place)
    reader = ByteReader([], place: place)
    while fields.remaining >= 4 {
      let kind = try fields.little(UInt16.self, "zip directory")
      let size = Int(try fields.little(UInt16.self, "zip directory"))
      let field = try fields.take(size, "zip directory")
      if kind == 1 { reader = ByteReader(field, place: place) }
    }
  }

  /// `narrow` itself, or the next 64-bit number where `narrow` says that it does not fit.
  mutating func number(_ narrow: UInt32) throws -> Int {
    guard narrow == .max else { return Int(narrow) }
    let wide = try reader.little(UInt64.self, "zip directory")
    guard let number = Int(exactly: wide), number <= Int.max >> 1 else {
      throw FileError(reader.place, "declares \(wide) bytes, which no file can hold")
    }
    return number
  }
}

/// Where the central directory lies, from the record at the archive's end.
private struct ZipDirectory {
  let range: Range<Int>
  let entryCount: Int

  init(_ bytes: [UInt8], place: String) throws {
    guard let end = ZipDirectory.endRecord(bytes) else {
      throw FileError(place, "is not a .npz file, or truncated: no zip directory at its end")
    }
    var reader = ByteReader(bytes[...], place: place, offset: end + 4)
    let part = "zip directory"
    let disks = try reader.take(4, part)
    let countHere = try reader.little(UInt16.self, part)
    let count = try reader.little(UInt16.self, part)
    let size = try reader.little(UInt32.self, part)
    let offset = try reader.little(UInt32.self, part)
    var wide = (count: UInt64(count), size: UInt64(size), offset: UInt64(offset), end: end)
    if count == .max || size == .max || offset == .max {
      wide = try ZipDirectory.wideRecord(bytes, before: end, place: place)
    } else if countHere != count || disks.contains(where: { $0 != 0 }) {
      throw FileError(place, "is one part of a split zip archive")
    }
    let (upper, overflows) = wide.offset.addingReportingOverflow(wide.size)
    guard !overflows, upper == UInt64(wide.end), let entryCount = Int(exactly: wide.count) else {
      throw FileError(place, "has a zip directory that does not fit the file")
    }
    range = Int(wide.offset)..<wide.end
    self.entryCount = entryCount
  }

  /// The offset of the end record: the last signature whose comment reaches exactly to the end.
  private static func endRecord(_ bytes: [UInt8]) -> Int? {
    let last = bytes.count - 22
    guard last >= 0 else { return nil }
    let signature: [UInt8] = [0x50, 0x4b, 0x05, 0x06]
    return (max(0, last - 0xffff)...last).reversed().first { offset in
      bytes[offset] == signature[0] && bytes[offset...].starts(with: signature)
        && Int(bytes[offset + 20]) + Int(bytes[offset + 21]) << 8 == last - offset
    }
  }

  private static func wideRecord(
    _ bytes: [UInt8], before end: Int, place: String
  ) throws -> (count: UInt64, size: UInt64, offset: UInt64, end: Int) {
    let part = "zip64 directory"
    var locator = ByteReader(bytes[...], place: place, offset: end - 20)
    guard end >= 20, try locator.little(UInt32.self, part) == 0x0706_4b50 else {
      throw FileError(place, "has no zip64 directory where its end says so")
    }
    _ = try locator.take(4, part)
    guard let start = Int(exactly: try locator.little(UInt64.self, part)) else {
      throw FileError(place, "has a zip directory that does not fit the file")
    }
    var record = ByteReader(bytes[...], place: place, offset: start)
    guard try record.little(UInt32.self, part) == 0x0606_4b50 else {
      throw FileError(place, "has no zip64 directory where its end says so")
    }
    _ = try record.take(28, part)
    let count = try record.little(UInt64.self, part)
    let size = try record.little(UInt64.self, part)
    return (count, size, try record.little(UInt64.self, part), start)
  }
}
