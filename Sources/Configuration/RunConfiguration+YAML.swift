import Storage

extension RunConfiguration {
  /// Reads a configuration file, strictly.
  ///
  /// - Parameters:
  ///   - path: The file. Its folder is what a relative `data.root` starts from.
  ///   - overrides: `path.to.key=value`, as after `--set`; the value is YAML. Later ones win.
  /// - Throws: `ConfigurationError` for the first problem.
  public static func load(path: String, overrides: [String] = []) throws -> RunConfiguration {
    try parse(
      ConfigurationFile(path: path).text, file: path.legible(), baseDirectory: path.folderOfPath,
      overrides: overrides)
  }

  /// Reads a configuration from YAML, strictly: an unknown key, a wrong type or an impossible value
  /// is refused, and every other key has its default.
  ///
  /// - Parameters:
  ///   - text: One YAML document. What `yaml` wrote gives back an equal configuration.
  ///   - file: The file's name, for messages.
  ///   - baseDirectory: What a relative `data.root` starts from. Nil: it stays as it is written.
  ///   - overrides: `path.to.key=value`, as after `--set`.
  /// - Throws: `ConfigurationError` for the first problem.
  public static func parse(
    _ text: String, file: String, baseDirectory: String?, overrides: [String] = []
  ) throws -> RunConfiguration {
    var root = try root(of: text, file: file, naming: "a configuration")
    for override in try overrides.map(Override.init) { try override.apply(to: &root) }
    return try decode(root, folder: baseDirectory?.absolutePath())
  }

  /// The keys of a file, which is called `what` where it is none.
  static func root(
    of text: String, file: String, naming what: String
  ) throws -> ConfigurationNode {
    let limits = ReadingLimits(for: text.utf8)
    guard text.utf8.count <= limits.byteCount else {
      throw ConfigurationError(
        file: file,
        problem: "found more than \(limits.byteCount >> 20) MiB of text, expected \(what)")
    }
    var composer = YAMLComposer(file: file, limits: limits)
    let hasMark = text.unicodeScalars.first == "\u{FEFF}"
    let text = hasMark ? String(text.unicodeScalars.dropFirst()) : text
    guard let root = try composer.compose(text), !root.isNull else {
      throw ConfigurationError(
        file: file,
        problem: "found an empty file, expected \(what); start from a file in examples/")
    }
    guard case .mapping = root.content else {
      throw root.unexpected("\(what) of 'key: value' lines; start from one in examples/")
    }
    return root
  }

  static func decode(_ root: ConfigurationNode, folder: String?) throws -> RunConfiguration {
    let scope = Scope(modalities: try ModalitySchema.names(in: root), folder: folder)
    var run = RunConfiguration(classes: [], modalities: [])
    run.order = Array(scope.modalities.indices)
    run.data.root = folder ?? run.data.root
    if let preset = root["preset"] {
      try RunSchema.presetCodec.read(preset, scope).apply(to: &run)
    }
    try RunSchema.run.read(root, into: &run, scope)
    FusionSchema.chooseKind(of: &run, root)
    return run
  }

  /// The resolved configuration: every value written out, no preset, in the documented order.
  ///
  /// `parse` gives back an equal configuration, however large and whatever its names are; so ranks
  /// can hand it to each other as text.
  public var yaml: String {
    let scope = Scope(modalities: modalities.map(\.name))
    return """
      \(ReadingLimits.resolvedMark)
      # docs/configuration.md says what each key means.

      """ + Self.lines(of: RunSchema.run.write(self, scope), indent: "")
  }

  static func lines(of entries: [(key: String, value: Written)], indent: String) -> String {
    entries.map { key, value in
      switch value {
      case .value(let text): "\(indent)\(key): \(text)\n"
      case .section(let below): "\(indent)\(key):\n" + lines(of: below, indent: indent + "  ")
      }
    }.joined()
  }
}
