import Foundation
import Glibc
import Storage

/// A folder whose pictures are the frames of a clip.
enum FrameFolder {
  private static let endings = [".jpg", ".jpeg", ".png", ".webp"]

  /// Whether there is a folder at `path`.
  static func isThere(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The paths of a folder's frames in the order of their names, in which numbers count as such:
  /// `frame9.jpg` comes before `frame10.jpg`. Hidden files are none.
  static func frames(in path: String) throws -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw FileError(path, "cannot be looked into; make it readable for the user who trains")
    }
    let frames = names.filter { name in
      !name.hasPrefix(".") && endings.contains { name.lowercased().hasSuffix($0) }
    }
    guard !frames.isEmpty else {
      throw FileError(
        path,
        "holds no frames, expected pictures whose names end in \(endings.joined(separator: ", "))"
      )
    }
    return frames.map { (name: $0, parts: parts(of: $0)) }
      .sorted { precedes($0.parts, $1.parts) }
      .map { "\(path)/\($0.name)" }
  }

  /// A name as runs of digits and single other bytes.
  private static func parts(of name: String) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    let bytes = Array(name.utf8)
    for (place, byte) in bytes.enumerated() {
      if isDigit(byte), let last = parts.last, let end = last.last, isDigit(end) {
        parts[parts.count - 1] = bytes[last.startIndex...place]
      } else {
        parts.append(bytes[place...place])
      }
    }
    return parts
  }

  private static func precedes(_ a: [ArraySlice<UInt8>], _ b: [ArraySlice<UInt8>]) -> Bool {
    for (a, b) in zip(a, b) where a != b {
      guard let first = a.first, let other = b.first, isDigit(first), isDigit(other) else {
        return a.lexicographicallyPrecedes(b)
      }
      let (number, another) = (a.drop { $0 == zero }, b.drop { $0 == zero })
      if number.count != another.count { return number.count < another.count }
      if number != another { return number.lexicographicallyPrecedes(another) }
      // Only zeros before them differ.
      return a.count > b.count
    }
    return a.count < b.count
  }

  private static let zero = UInt8(ascii: "0")
  private static func isDigit(_ byte: UInt8) -> Bool { (zero...UInt8(ascii: "9")).contains(byte) }
}
