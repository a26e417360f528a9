import Foundation
import Storage

/// A file of measurements in JSON, with the version of its layout.
public protocol VersionedFile: Codable {
  /// The layout that this build writes and reads.
  static var currentVersion: Int { get }
  /// What messages call it.
  static var subject: String { get }
  /// The layout of this one.
  var version: Int { get }
}

/// What is read first: a later layout may have nothing else in common.
private struct Version: Decodable { var version: Int }

/// The largest file that is read, in bytes.
private let largestByteCount = 64 << 20

extension VersionedFile {
  /// The text of the file, its keys in the order of the alphabet.
  public func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Writes the file, whole or not at all.
  public func write(to path: String) throws {
    try AtomicFile.write(Array(text().utf8), to: path)
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: `FileError` where there is none, or another.
  public init(path: String) throws {
    let other = "is no \(Self.subject); \(Self.advice)"
    let file = try ReadableFile(path) { FileError.reading(path, $0, other: other) }
    guard file.byteCount <= largestByteCount else { throw FileError(path, other) }
    try self.init(Data(file.take(file.byteCount)), place: path)
  }

  /// Reads the text of a file, which messages call `place`.
  public init(_ text: Data, place: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let found: Version
    do {
      found = try decoder.decode(Version.self, from: text)
    } catch {
      throw FileError(place, "is no \(Self.subject); \(Self.advice)")
    }
    guard found.version == Self.currentVersion else {
      throw FileError(
        place,
        "is a \(Self.subject) of version \(found.version), expected \(Self.currentVersion); \(Self.advice)"
      )
    }
    do {
      self = try decoder.decode(Self.self, from: text)
    } catch let error as DecodingError {
      throw FileError(
        place, "is a damaged \(Self.subject): \(Self.words(error)); \(Self.advice)")
    }
  }

  private static var advice: String {
    Self.self is NetworkProfile.Type
      ? "./launch doctor --network writes one" : "./launch profile writes one"
  }

  /// Which key is missing or wrong.
  private static func words(_ error: DecodingError) -> String {
    func path(_ keys: [any CodingKey]) -> String {
      keys.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        .drop { $0 == "." }.description
    }
    return switch error {
    case .keyNotFound(let key, let context):
      "'\(path(context.codingPath + [key]).legible())' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      "'\(path(context.codingPath).legible())' is not what is expected there"
    @unknown default: "it cannot be read"
    }
  }
}
