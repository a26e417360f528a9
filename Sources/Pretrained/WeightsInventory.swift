/// What became of the tensors of a file of pretrained weights, and of the arrays of an encoder.
public struct WeightsInventory: Sendable {
  /// The arrays that were made, each with the tensors that it was made of.
  public let loaded: [(array: String, tensors: [String])]
  /// Tensors that nobody misses: a classifier's own head, a decoder, the other side of a model of two.
  public let spare: [String]
  /// Tensors that the format does not know: a network that has them computes something else.
  public let unknown: [String]
  /// Arrays that the file should have and has not, each with the names that are not there; they begin as
  /// they would without the file.
  public let missing: [(array: String, tensors: [String])]
  /// Arrays that no such file has: the linear map to the features.
  public let fresh: [String]
}

extension WeightsInventory {
  /// What was loaded, in one sentence.
  public var summary: String {
    var parts = ["\(Set(loaded.flatMap(\.tensors)).count) tensors make \(loaded.count) arrays"]
    if !spare.isEmpty { parts.append("\(spare.count) are not needed (\(Self.shortened(spare)))") }
    if !fresh.isEmpty { parts.append("drawn at random: \(fresh.joined(separator: ", "))") }
    return parts.joined(separator: ", ")
  }

  /// What is odd about the file though it can be used, a sentence each.
  public var warnings: [String] {
    var warnings: [String] = []
    if !missing.isEmpty {
      warnings.append(
        "it has no \(Self.shortened(missing.flatMap(\.tensors))), so that "
          + "\(Self.shortened(missing.map(\.array))) \(missing.count == 1 ? "begins" : "begin") as without weights"
      )
    }
    if !unknown.isEmpty {
      warnings.append(
        "\(Self.shortened(unknown)) of it belong to no array of the encoder: the network that has them "
          + "computes something else")
    }
    return warnings
  }

  /// Every array and every tensor, a line each.
  public var lines: [String] {
    loaded.map { "\($0.array) <- \($0.tensors.joined(separator: ", "))" }
      + missing.map { "\($0.array) <- nothing; \($0.tensors.joined(separator: ", ")) missing" }
      + fresh.map { "\($0) <- nothing" } + spare.map { "not needed: \($0)" }
      + unknown.map { "unknown: \($0)" }
  }

  /// The first names of many.
  private static func shortened(_ names: [String]) -> String {
    let first = names.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(first) and \(names.count - 4) more" : first
  }
}
