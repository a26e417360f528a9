import Networks
import Storage
import Tensors

/// What a format knows of its weights: their names, the settings that they need, and what each array of
/// an encoder is made of.
protocol FormatRules: Sendable {
  /// Names that every file of the format has.
  var signature: [String] { get }
  /// A name without what savers put in front of it.
  func clean(_ name: String) -> String
  /// Whether a tensor belongs to what our encoders have not, such as a classifier's own head or a
  /// decoder: nobody misses it.
  func isSpare(_ name: String) -> Bool
  /// The encoder that the weights are of: `architecture` with sizes and settings where it has none.
  ///
  /// - Throws: `FileError` where it has others, or where the file does not tell them.
  func complete(
    _ architecture: EncoderArchitecture, from file: NamedTensors,
    _ configuration: ModelConfiguration?
  ) throws -> EncoderArchitecture
  /// How the arrays of a completed encoder for samples of `inputShape` are made; those that are not
  /// named start as they always do.
  func recipes(
    for architecture: EncoderArchitecture, from file: NamedTensors, inputShape: Shape,
    _ options: PretrainedOptions
  ) -> [Recipe]
  /// The number of axes that a tensor has in files of the format, where that is more than its array has.
  func rank(of name: String) -> Int?
}

extension FormatRules {
  /// What is called differently by nobody stays.
  func clean(_ name: String) -> String { name.without(prefix: "module.") }
  /// As many as the array.
  func rank(of name: String) -> Int? { nil }
}

extension String {
  /// This name without a prefix, if it has it.
  func without(prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}

extension PretrainedFormat {
  /// What is known of the format.
  var rules: any FormatRules {
    switch self {
    case .torchvisionResNet18: TorchvisionResNet18()
    case .bert: BERT()
    case .vitTimm: VisionTransformer(names: .timm)
    case .vitHuggingFace: VisionTransformer(names: .huggingFace)
    case .vitTorchvision: VisionTransformer(names: .torchvision)
    case .m3aeImage: M3AE(side: .image, isFlax: false)
    case .m3aeImageFlax: M3AE(side: .image, isFlax: true)
    case .m3aeText: M3AE(side: .text, isFlax: false)
    case .m3aeTextFlax: M3AE(side: .text, isFlax: true)
    case .cavmaeAudio: CAVMAEAudio()
    }
  }
}
