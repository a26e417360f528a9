import MLA
import Methods
import Storage

/// The key `order`: a list, or what the order of turns is decided by at each epoch's end.
enum OrderSchema {
  static let field = Field<RunConfiguration>(
    key: "order", expected: "\(list.expected), or \(rule.expected)",
    meaning:
      "the order in which a cycle serves the modalities; `weakest_first` and `strongest_first` (`mla` only) "
      + "go by each modality's loss on the validation split, ranked at each epoch's end; the first epoch is "
      + "as listed in `modalities`",
    defaultText: "as listed in `modalities`",
    shape: { _ in .either(rule.shape, list.shape) },
    read: { node, run, scope in
      if let ranking = try rule.parse(node, scope) {
        (run.order, run.orderRule) = (Array(scope.modalities.indices), ranking)
      } else if let order = try list.parse(node, scope) {
        (run.order, run.orderRule) = (order, nil)
      } else {
        let hint = node.text.map { suggestion(for: $0, among: rule.names) } ?? ""
        throw node.unexpected("\(list.expected), or \(rule.expected)\(hint)")
      }
    },
    write: { run, scope in
      .value(run.orderRule.map { rule.write($0, scope) } ?? list.write(run.order, scope))
    })

  private static let rule = Codec<TurnRanking>.choice

  private static let list = Codec<[Int]>(
    expected: "a list that names every modality once",
    shape: .list(.text, 1...ModalitySchema.largestCount, different: true),
    parse: { node, scope in
      guard case .sequence(let items) = node.content else { return nil }
      let order = try items.map { item in
        let choices = scope.modalities.enumerated().map { (name: $1, value: $0) }
        return try Codec<Int>.named(choices).read(item, scope)
      }
      guard order.sorted() == Array(scope.modalities.indices) else {
        throw node.unexpected("every modality once: \(scope.modalities.listed)")
      }
      return order
    },
    write: { order, scope in
      "[\(order.map { scope.modalities[$0].asYAML }.joined(separator: ", "))]"
    })

  /// Throws where there is nothing to decide the order by, or no turns.
  static func check(_ run: RunConfiguration, _ node: ConfigurationNode) throws {
    guard let rule = run.orderRule else { return }
    let place = node["order"] ?? node
    guard run.method.method is AlternatingAdaptation else {
      throw place.error(
        "found \(rule.rawValue), expected a list, because method is \(run.method.kind): only the turns of "
          + "mla have an order that anything is learned by")
    }
    guard run.data.validationFraction > 0 else {
      throw place.error(
        "found \(rule.rawValue), which goes by losses on a validation split, but data.validation is 0; set "
          + "it, to 0.1 for instance, or list the modalities")
    }
  }
}
