import Foundation

/// A folder of its own for a test, gone when the test is.
public final class Scratch: Sendable {
  /// The folder, absolute, without symbolic links.
  public let path: String

  /// A new folder.
  public init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("antiphon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something in the folder.
  public subscript(name: String) -> String { "\(path)/\(name)" }

  /// Writes a text to a file of the folder.
  public func write(_ text: String, to name: String) throws {
    try write(Array(text.utf8), to: name)
  }

  /// Writes bytes to a file of the folder; folders on the way are made.
  public func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(fileURLWithPath: self[name])
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// The text of a file of the folder; nil if there is none.
  public func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: self[name]).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes of a file of the folder.
  public func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: self[name])))
  }

  /// The names in a folder below this one, sorted; none if it does not exist.
  public func names(in name: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self[name])) ?? []).sorted()
  }

  /// Copies a file or folder within this one.
  public func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: self[name], toPath: self[other])
  }

  /// Removes a file or folder of this one.
  public func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: self[name])
  }
}
