import Storage
import TestSupport
import Testing

@testable import Preparers

/// A miniature of a published set in a folder of its own.
struct SetTree {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The folder of the set.
  var path: String { scratch["set"] }

  /// Writes a file of the set.
  func write(_ bytes: [UInt8], to name: String) throws {
    try scratch.write(bytes, to: "set/\(name)")
  }
  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func prepare(
    _ choice: SetChoice, rule: SplitRule? = nil, media: [Medium]? = nil, isComplete: Bool = false
  ) throws -> Preparation {
    var options = PreparationOptions()
    (options.rule, options.media, options.isComplete) = (rule, media, isComplete)
    return try Preparation(choice, in: path, options: options)
  }

  /// Expects the set to be refused with a sentence about something in its folder.
  func expectRefusal(
    _ choice: SetChoice, rule: SplitRule? = nil, media: [Medium]? = nil, _ sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      let preparation = try prepare(choice, rule: rule, media: media)
      guard let fault = preparation.fault else {
        Issue.record("accepted", sourceLocation: sourceLocation)
        return
      }
      throw fault
    } catch {
      #expect(
        "\(error)".replacing(scratch.path + "/", with: "") == sentence,
        sourceLocation: sourceLocation)
    }
  }

  /// Writes the manifests to `out` and reads a file of it, a line each.
  func written(_ name: String) throws -> [String] {
    try #require(scratch.text("out/\(name)"), "\(name)").split(separator: "\n").map(String.init)
  }
}

extension Preparation {
  /// The ids of a part, in order.
  func ids(_ part: Part) -> [String] { (entries[part] ?? []).map(\.sample.id) }

  /// The groups of a part.
  func groups(_ part: Part) -> Set<String> { Set((entries[part] ?? []).map(\.sample.group)) }

  /// How many samples each class has in a part, in the order of the classes.
  func counts(_ part: Part) -> [Int] { report.classes.map { report.tally(part, $0).listed } }

  /// The kinds of faults and how many files have them.
  var faults: [String: Int] {
    Dictionary(uniqueKeysWithValues: report.faultCounts.map { ($0.key.rawValue, $0.value) })
  }
}

/// Media of a few bytes.
enum TinyMedia {
  /// A WAV of 16 kHz, one channel and 16 bits, written by hand.
  static func wave(_ count: Int, declared: Int? = nil) -> [UInt8] {
    let byteCount = 2 * (declared ?? count)
    return Array("RIFF".utf8) + little(36 + byteCount, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
      + little(1, 2) + little(1, 2) + little(16_000, 4) + little(32_000, 4) + little(2, 2)
      + little(16, 2) + Array("data".utf8) + little(byteCount, 4)
      + (0..<count).flatMap { little($0 % 200, 2) }
  }

  /// An FLV of one tag of data.
  static let flash = Array("FLV".utf8) + [1, 5, 0, 0, 0, 9, 0, 0, 0, 0] + flashTag

  private static let flashTag: [UInt8] =
    [18, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0] + [1, 2, 3, 4] + [0, 0, 0, 15]

  /// An MP4 of three boxes.
  static let mpeg4 =
    box("ftyp", Array("isom".utf8) + [0, 0, 2, 0]) + box("mdat", [1, 2, 3]) + box("moov", [])

  static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
    little(8 + content.count, 4).reversed() + Array(name.utf8) + content
  }

  /// An AVI that says how long it is.
  static let avi = Array("RIFF".utf8) + little(8, 4) + Array("AVI LIST".utf8)

  /// The bytes that a JPEG begins and ends with, and a segment and a scan between them.
  static let jpeg: [UInt8] =
    [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2] + [0xff, 0xda, 0, 3, 0] + [7, 0xff, 0, 8, 0xff, 0xd0, 9]
    + [0xff, 0xd9]

  /// A PNG of no pixels: its signature, its header and its end.
  static let png: [UInt8] =
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    + chunk("IHDR", [UInt8](repeating: 0, count: 13))
    + chunk("IEND", [])

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    little(content.count, 4).reversed() + Array(name.utf8) + content + [0, 0, 0, 0]
  }

  /// What git-lfs leaves in place of a file.
  static let pointer = Array(
    """
    version https://git-lfs.github.com/spec/v1
    oid sha256:\(String(repeating: "0f", count: 32))
    size 72866

    """.utf8)

  static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
