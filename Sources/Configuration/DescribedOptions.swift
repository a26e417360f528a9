import Datasets
import Foundation
import Networks
import Storage

extension Written {
  /// The same in JSON: numbers, switches and lists as such where JSON writes them alike, all else as text.
  var json: JSONValue {
    switch self {
    case .section(let entries): return .named(entries) { ($0.key, $0.value.json) }
    case .value(let text):
      let plain = text == "null" ? nil : text
      guard let plain else { return .null }
      return (try? JSONDecoder().decode(JSONValue.self, from: Data(plain.utf8))) ?? .text(plain)
    }
  }
}

extension SourceOptions {
  /// The keys that name files.
  private static let files = ["train", "test", "vocabulary_file"]

  /// How samples are prepared, key by key as in a configuration, without the names of files.
  public var described: JSONValue {
    let scope = Scope()
    for variant in SourceSchema.variants {
      guard let entries = variant.write(self, scope) else { continue }
      let kept = entries.filter { !Self.files.contains($0.key) }
      return Written.section([("kind", .value(variant.kind))] + kept).json
    }
    return .null
  }
}
