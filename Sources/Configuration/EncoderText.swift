import Networks
import Storage

extension EncoderArchitecture {
  private struct Root {
    var choice: EncoderChoice
  }

  private static let section = Section<Root>(fields: [
    Field("encoder", \.choice, EncoderSchema.variants, "what turns a sample into features")
  ])

  /// The encoder's section with every option written out, as YAML.
  public var yaml: String {
    let root = Root(choice: EncoderChoice(architecture: self))
    return RunConfiguration.lines(of: Self.section.write(root, Scope()), indent: "")
  }

  /// The encoder's section with every option, as JSON.
  public var described: JSONValue {
    let root = Root(choice: EncoderChoice(architecture: self))
    return Self.section.write(root, Scope()).first?.value.json ?? .null
  }

  /// The encoder that `yaml` was written of; messages call the text `place`.
  public init(yaml text: String, place: String) throws {
    var composer = YAMLComposer(file: place, limits: ReadingLimits(for: text.utf8))
    guard let node = try composer.compose(text) else {
      throw FileError(place, "the text of the encoder is empty")
    }
    var root = Root(choice: EncoderChoice(architecture: .mlp(.init())))
    try Self.section.read(node, into: &root, Scope())
    self = root.choice.architecture
  }
}
