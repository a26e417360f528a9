import Networks
import Storage

extension PretrainedWeights {
  /// The format of a file and its tensors under the names of it.
  ///
  /// - Parameter named: what the user says it is; nil: its names tell.
  static func recognised(
    _ file: TensorFile, as named: PretrainedFormat?, for architecture: EncoderArchitecture
  ) throws -> (PretrainedFormat, NamedTensors) {
    if let named {
      let tensors = try NamedTensors(file, clean: named.rules.clean)
      let missing = named.rules.signature.filter { tensors[$0] == nil }
      guard missing.isEmpty else {
        throw FileError(
          file.place,
          "has no \(missing.map { quoted($0) }.joined(separator: " and no ")), which weights of "
            + "\(named.rawValue) have\(Self.examples(of: file)); name another format, or give other weights"
        )
      }
      return (named, tensors)
    }
    let found = PretrainedFormat.allCases.compactMap {
      format -> (PretrainedFormat, NamedTensors)? in
      // A name that is there twice by the rules of one format may be right by those of another.
      guard let tensors = try? NamedTensors(file, clean: format.rules.clean) else { return nil }
      return format.rules.signature.allSatisfy { tensors[$0] != nil } ? (format, tensors) : nil
    }
    let fitting = found.filter { $0.0.fits(architecture) }
    switch (fitting.isEmpty ? found : fitting).count {
    case 0:
      throw FileError(
        file.place,
        "its names are of no format that is known (\(PretrainedFormat.allCases.map(\.rawValue).listed))"
          + "\(Self.examples(of: file)); docs/pretrained.md says which files fit")
    case 1: return (fitting.isEmpty ? found : fitting)[0]
    default:
      let names = (fitting.isEmpty ? found : fitting).map(\.0.rawValue)
      throw FileError(
        file.place,
        "its names are those of \(names.joined(separator: " and ")), which compute differently; say "
          + "which with format (docs/pretrained.md: where the weights come from decides)")
    }
  }

  private static func examples(of file: TensorFile) -> String {
    let names = file.tensors.map(\.name)
    return names.isEmpty
      ? ": it holds no tensors at all"
      : "; it has \(quoted(Array(names.prefix(12))))"
        + (names.count > 12 ? " and \(names.count - 12) more" : "")
  }
}

extension PretrainedFormat {
  /// Whether an encoder could be one of the format's at all.
  fileprivate func fits(_ architecture: EncoderArchitecture) -> Bool {
    switch (architecture, self) {
    case (.resnet18, .torchvisionResNet18): true
    case (.transformer(let options), .bert), (.transformer(let options), .m3aeText),
      (.transformer(let options), .m3aeTextFlax):
      options.input == .text
    case (.transformer(let options), .cavmaeAudio): options.input == .spectrogram
    case (_, .torchvisionResNet18): false
    case (.transformer(let options), _): options.input == .image
    default: false
    }
  }
}
