/// The names under which others store the weights of encoders, with what such weights need.
public enum PretrainedFormat: String, Sendable, CaseIterable {
  /// torchvision's `resnet18`.
  case torchvisionResNet18 = "torchvision_resnet18"
  /// BERT as Hugging Face stores it: bert-base, MiniLM.
  case bert
  /// Vision transformers of timm.
  case vitTimm = "vit_timm"
  /// Vision transformers of Hugging Face, by their old and new names.
  case vitHuggingFace = "vit_huggingface"
  /// torchvision's `vit_b_16` and its kin.
  case vitTorchvision = "vit_torchvision"
  /// The image side of M3AE, as MLA's PyTorch code computes: patches by channel, row, column, GELU
  /// by erf, epsilon 1e-5.
  case m3aeImage = "m3ae_image"
  /// The image side of M3AE, as its authors' flax code computes: patches by row, column, channel,
  /// GELU by tanh, epsilon 1e-6.
  case m3aeImageFlax = "m3ae_image_flax"
  /// The text side of M3AE, as MLA's PyTorch code computes.
  case m3aeText = "m3ae_text"
  /// The text side of M3AE, as its authors' flax code computes.
  case m3aeTextFlax = "m3ae_text_flax"
  /// The audio side of CAV-MAE.
  case cavmaeAudio = "cavmae_audio"
}

extension PretrainedFormat {
  /// Whether the weights have learned positions of a square grid of patches.
  var hasGrid: Bool { [.vitTimm, .vitHuggingFace, .vitTorchvision].contains(self) }
}

/// How a first convolution for three colours becomes one for a single channel.
public enum StemRule: String, Sendable, CaseIterable {
  /// The sum over the colours: the response to a grey picture stays what it was.
  case sum
  /// The mean over the colours.
  case mean
}

/// What a user says of pretrained weights, beside the file.
public struct PretrainedOptions: Sendable, Equatable {
  /// Whose names the file has; nil: recognised.
  public var format: PretrainedFormat?
  /// What becomes of the first convolution where samples have one channel.
  public var stem = StemRule.sum
  /// Whether learned positions are interpolated where pictures have another size than those that the
  /// weights know.
  public var resizesPositions = false

  /// The defaults.
  public init() {}
}
