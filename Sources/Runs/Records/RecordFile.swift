import Foundation
import Storage

/// Files that a run has written for scripts, and that are read again when it goes on.
enum RecordFile {
  /// The largest one that is read, in bytes.
  private static let largest = 64 << 20

  /// Reads a file of JSON; nil: there is none.
  ///
  /// - Throws: `RunError.unreadable` where it is something else.
  static func read<Content: Decodable>(_ type: Content.Type, from path: String) throws -> Content? {
    guard access(path, F_OK) == 0 else { return nil }
    let file = try ReadableFile(path) { problem in
      switch problem {
      case .unopened(let code), .unexamined(let code), .unread(let code):
        RunError.unreadable(file: path, problem: "cannot be read: \(FileError.reason(code))")
      default: Self.isForeign(path)
      }
    }
    guard file.byteCount <= largest else { throw isForeign(path) }
    let bytes = try file.take(file.byteCount)
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw isForeign(path)
    }
  }

  private static func isForeign(_ path: String) -> RunError {
    .unreadable(file: path, problem: "is not what a run writes; put it back from a copy")
  }
}
