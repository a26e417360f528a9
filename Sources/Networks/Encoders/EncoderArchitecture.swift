/// The encoders that a configuration can name, with their options. Each ends in `features` numbers.
public enum EncoderArchitecture: Sendable, Equatable {
  /// Linear layers with ReLU between them.
  case mlp(MLPOptions)
  /// Convolutions, then one linear layer.
  case cnn(CNNOptions)
  /// A residual network of basic blocks.
  case resnet18(ResNetOptions)
  /// Attention over tokens or patches.
  case transformer(TransformerOptions)
  /// The mean of the vectors of a text's tokens.
  case bagOfWords(BagOfWordsOptions)
  /// Time and no core, for experiments on scaling.
  case standIn(StandInOptions)
}
