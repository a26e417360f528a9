import Foundation
import Glibc
import Storage

/// What the `config.json` beside a file of Hugging Face says of the model.
struct ModelConfiguration {
  /// The file, as messages name it.
  let place: String
  private let members: [String: JSONValue]

  /// Such files have some hundred bytes; those of models with a thousand classes some fifty thousand.
  private static let largest = 1 << 24

  /// The file beside the weights at `path`; nil where there is none.
  ///
  /// - Throws: `FileError` where it is no JSON object.
  init?(besides path: String) throws {
    let place = "\(path.folderOfPath)/config.json"
    guard access(place, F_OK) == 0 else { return nil }
    let remedy = "move it away, and say heads in the encoder's section"
    let expected = "expected the configuration of the weights beside it"
    let file = try ReadableFile(place) {
      FileError.reading(place, $0, other: "is a folder or a device, \(expected); \(remedy)")
    }
    guard file.byteCount <= Self.largest,
      let members = try? JSONDecoder().decode(
        [String: JSONValue].self, from: Data(try file.take(file.byteCount)))
    else { throw FileError(place, "is no JSON object, \(expected); \(remedy)") }
    self.place = place
    self.members = members
  }

  /// A whole number.
  func integer(_ key: String) -> Int? {
    if case .integer(let value)? = members[key] { value } else { nil }
  }

  /// A number.
  func number(_ key: String) -> Double? {
    switch members[key] {
    case .number(let value)?: value
    case .integer(let value)?: Double(value)
    default: nil
    }
  }

  /// A text.
  func text(_ key: String) -> String? {
    if case .text(let value)? = members[key] { value } else { nil }
  }

  /// Throws where the number under `key` is not that of the weights: then it is another model's.
  func check(_ key: String, is value: Int, of weights: String) throws {
    guard let said = integer(key), said != value else { return }
    throw FileError(
      place,
      "\(key) is \(said), but the weights \(weights) have \(value): it is another model's; put the "
        + "weights into a folder with their own")
  }

  /// Throws where the model is not of that type: others have the same names and compute differently.
  func check(type expected: String) throws {
    guard let type = text("model_type"), type != expected else { return }
    throw FileError(
      place,
      "the weights are of the type \(quoted(type)), but only \(expected) computes as the encoder "
        + "does; give weights of that type")
  }
}
