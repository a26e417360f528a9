import Storage

/// One `--set path.to.key=value` of the command line.
struct Override: Sendable {
  let path: [String]
  let value: ConfigurationNode

  /// The value of a key that another file names, such as `optimizer.lr`.
  init(_ key: String, _ value: ConfigurationNode) {
    path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    self.value = value
  }

  /// Reads `path.to.key=value`; the value is YAML.
  init(_ argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let file = "--set \(String(parts[0]).legible())"
    guard parts.count == 2, path.allSatisfy({ !$0.isEmpty }),
      path.count <= YAMLComposer.largestDepth
    else {
      throw ConfigurationError(
        file: "--set \(argument.legible())",
        problem: "found no 'path.to.key=value', expected for example optimizer.lr=0.01")
    }
    guard String(parts[1]).utf8.count <= ReadingLimits.written.byteCount else {
      throw ConfigurationError(
        file: file, problem: "found more than a MiB of text, expected a value; put it in the file")
    }
    let joined = path.map { $0.legible() }.joined(separator: ".")
    var composer = YAMLComposer(file: file, limits: .written)
    value =
      try composer.compose(String(parts[1]), path: joined)
      ?? ConfigurationNode(
        content: .scalar("", isPlain: true), place: .init(file: file, line: nil), path: joined)
  }

  /// Puts the value in its place, with the sections that lead to it.
  ///
  /// Keys that do not exist are put there like all others: who reads the section refuses them. A
  /// modality is the exception: a misspelt one would be a new one, with everything missing.
  func apply(to root: inout ConfigurationNode) throws {
    if path.count > 2, path[0] == "modalities", let modalities = root["modalities"],
      case .mapping(let entries) = modalities.content, modalities[path[1]] == nil
    {
      let names = entries.map(\.key)
      throw value.error(
        "found no modality '\(path[1].legible())', expected one of \(names.listed)"
          + suggestion(for: path[1], among: names))
    }
    try apply(renamed(in: root)[...], to: &root)
  }

  /// The path, by the name that `root` has for what was called otherwise before.
  private func renamed(in root: ConfigurationNode) -> [String] {
    guard path[0] == "fusion_weights", root["fusion_weights"] == nil,
      case .mapping? = root["fusion"]?.content
    else { return path }
    return ["fusion", "weights"] + path.dropFirst()
  }

  private func apply(_ path: ArraySlice<String>, to node: inout ConfigurationNode) throws {
    guard let key = path.first else {
      node = value
      return
    }
    var entries: [ConfigurationNode.Entry] = []
    switch node.content {
    case .mapping(let existing): entries = existing
    case .scalar where node.isNull: break
    default:
      throw value.error(
        "found \(node.found) at '\(node.path)', expected a section that has a key "
          + "'\(key.legible())'"
      )
    }
    if let index = entries.firstIndex(where: { $0.key == key }) {
      try apply(path.dropFirst(), to: &entries[index].node)
    } else {
      var child = ConfigurationNode(
        content: .mapping([]), place: value.place, path: node.pathBelow(key))
      try apply(path.dropFirst(), to: &child)
      entries.append(.init(key: key, node: child))
    }
    node.content = .mapping(entries)
  }
}

/// `; did you mean 'name'?`, or nothing.
func suggestion(for word: String, among names: [String]) -> String {
  nearestName(to: word, among: names).map { "; did you mean '\($0.legible())'?" } ?? ""
}
