import Datasets
import Storage

/// Looks at the containers of films: at their first bytes, and at whether their ends are there.
enum VideoCheck {
  /// The containers that are told apart.
  enum Container { case flash, mpeg4, avi, matroska }

  /// Throws where the file at `path` is none of the films that published sets have, or is cut off.
  static func check(_ path: String) throws {
    let file = try InputFile.open(path)
    switch container(of: try file.beginning(12)) {
    case .flash: try checkFlash(file)
    case .mpeg4: try checkMPEG4(file)
    case .avi:
      let promised = little(try file.bytes(at: 4, 4)[...]) + 8
      // Some programs count a byte of padding that they do not write, or never fill the length in.
      guard promised <= file.byteCount + 1 || promised > UInt32.max else {
        throw BrokenMedium(
          .truncated, "is an AVI of \(promised) bytes, of which \(file.byteCount) are there")
      }
    case .matroska: break
    case nil: throw BrokenMedium(.unreadable, "is no film in FLV, MP4, AVI or Matroska")
    }
  }

  /// The container of what begins so; nil: it is something else.
  static func container(of beginning: [UInt8]) -> Container? {
    if beginning.starts(with: "FLV".utf8) { return .flash }
    if beginning.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) { return .matroska }
    if beginning.starts(with: "RIFF".utf8), beginning.dropFirst(8).starts(with: "AVI ".utf8) {
      return .avi
    }
    let box = beginning.dropFirst(4).prefix(4)
    return ["ftyp", "moov", "mdat", "wide", "free"].contains { box.elementsEqual($0.utf8) }
      ? .mpeg4 : nil
  }

  /// Flash: tags of a size, each with that size behind it. What is no tag is not followed.
  private static func checkFlash(_ file: borrowing ReadableFile) throws {
    let header = try file.bytes(at: 5, 4)
    guard header.count == 4 else { throw BrokenMedium(.truncated, "is an FLV without its header") }
    var offset = big(header[...]) + 4
    var count = 0
    while offset < file.byteCount {
      let head = try file.bytes(at: offset, 11)
      let isTag = [8, 9, 18].contains(head.first)
      guard isTag || head.isEmpty else { return }
      let end = head.count < 11 ? .max : offset + 11 + big(head[1..<4])
      guard end <= file.byteCount else {
        throw BrokenMedium(.truncated, "is an FLV that ends in the middle of its tag \(count + 1)")
      }
      count += 1
      offset = end + 4
    }
    if count == 0 { throw BrokenMedium(.empty, "is an FLV without a tag") }
  }

  /// MP4: boxes of a size, among them `moov`, without which nothing can be decoded.
  private static func checkMPEG4(_ file: borrowing ReadableFile) throws {
    var (offset, hasIndex) = (0, false)
    while offset < file.byteCount {
      let head = try file.bytes(at: offset, 16)
      // A few zeros behind the last box harm nobody.
      guard head.count >= 8, head[4..<8].contains(where: { $0 != 0 }) else { break }
      if head[4..<8].elementsEqual("moov".utf8) { hasIndex = true }
      var size = big(head[..<4])
      if size == 1, head.count == 16 { size = Int(exactly: big64(head[8...])) ?? .max }
      // 0: to the end of the file.
      if size == 0 { break }
      guard size >= 8, size <= file.byteCount - offset else {
        throw BrokenMedium(.truncated, "is an MP4 whose last part is cut off")
      }
      offset += size
    }
    if !hasIndex { throw BrokenMedium(.truncated, "is an MP4 without the index of its content") }
  }

  private static func big(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  private static func big64(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
