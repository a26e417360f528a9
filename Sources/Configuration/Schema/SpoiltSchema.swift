import MLA

/// Kinds of spoilt inputs, as lists.
enum SpoiltSchema {
  /// Those that a run must pass forward; swapped ones are made of the logits that it keeps.
  static let passed = kinds([.noise, .blank])
  /// All of them.
  static let all = kinds(SpoiltInput.allCases)

  private static func kinds(_ kinds: [SpoiltInput]) -> Codec<[SpoiltInput]> {
    let list = Codec.named(kinds.map { (name: $0.rawValue, value: $0) })
      .list(0...kinds.count, of: "kinds")
    return Codec(
      expected: "a list of \(kinds.map(\.rawValue).listed), each at most once",
      shape: .list(.names(kinds.map(\.rawValue)), 0...kinds.count, different: true),
      parse: { node, scope in
        try list.parse(node, scope).flatMap { Set($0).count == $0.count ? $0 : nil }
      },
      write: list.write)
  }

  /// Throws where spoilt inputs are to be kept by a run that keeps nothing.
  static func check(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    guard run.evaluation.keepsLogits || run.evaluation.spoilt.isEmpty else {
      throw (node["evaluation"]?["keep_spoilt"] ?? node).error(
        "found kinds of spoilt inputs, whose logits are kept with all others, but keep_logits is false; set evaluation.keep_logits: true"
      )
    }
  }
}
