import Networks
import Storage
import Tensors

/// A file of weights that others have trained, read and understood: whose names it has, and which encoder
/// it is of.
///
///     let weights = try PretrainedWeights(path: "model.safetensors", for: architecture)
///     let encoder = try weights.architecture.makeEncoder(…)
///     let inventory = try weights.load(into: encoder)
public struct PretrainedWeights {
  /// The file, as messages name it.
  public let place: String
  /// SHA-256 of the file, in hexadecimal.
  public let sha256: String
  /// The bytes of the file, which are held.
  public let byteCount: Int
  /// Whose names it has.
  public let format: PretrainedFormat
  /// The encoder that the weights are of: what was asked for, with the sizes of the weights and the
  /// settings that they were trained with.
  public let architecture: EncoderArchitecture

  private let file: NamedTensors
  private let options: PretrainedOptions

  /// Reads the file at `path` for an encoder of `architecture`, whose options that are not written are
  /// taken from the weights.
  ///
  /// - Throws: `FileError` where it is no such file, its names are of no format, or the encoder has other
  ///   options than the weights need.
  public init(
    path: String, options: PretrainedOptions = .init(), for architecture: EncoderArchitecture
  ) throws {
    try ForeignFile.refuse(path)
    var digest = SHA256()
    var byteCount = 0
    let stored = try TensorFile(path: path) { bytes in
      digest.update(bytes)
      byteCount += bytes.byteCount
    }
    place = stored.place
    sha256 = digest.hex
    self.byteCount = byteCount
    self.options = options
    (format, file) = try Self.recognised(stored, as: options.format, for: architecture)
    guard !options.resizesPositions || format.hasGrid else {
      throw FileError(
        place,
        "positions_resize is true, but the positions of \(format.rawValue) are no square grid of patches; "
          + "set it to false")
    }
    self.architecture = try format.rules.complete(
      architecture, from: file, ModelConfiguration(besides: path))
  }

  /// What becomes of the file's tensors in `encoder`, which may be planned only.
  ///
  /// - Throws: `FileError` where a tensor has another shape than the encoder needs.
  public func inventory(for encoder: Encoder) throws -> WeightsInventory {
    try inventory(of: parts(for: encoder), encoder)
  }

  /// Gives `encoder`, which is of `architecture`, the weights; what the file has not stays as it is.
  ///
  /// - Throws: as `inventory` does, before anything is changed.
  @discardableResult
  public func load(into encoder: Encoder) throws -> WeightsInventory {
    let parts = try parts(for: encoder)
    for (state, recipe, tensors) in parts {
      guard let tensors, let recipe else { continue }
      try LongWork.step()
      let values = recipe.make(try tensors.map { try $0.floats() })
      guard values.count == state.shape.elementCount else {
        preconditionFailure("\(recipe.target) has \(values.count) values")
      }
      state.restore(values)
    }
    return inventory(of: parts, encoder)
  }

  private typealias Part = (state: NamedState, recipe: Recipe?, tensors: [StoredTensor]?)

  /// Each array of an encoder, with what it is made of.
  private func parts(for encoder: Encoder) throws -> [Part] {
    let recipes = format.rules.recipes(
      for: architecture, from: file, inputShape: encoder.inputShape, options)
    let byTarget = Dictionary(uniqueKeysWithValues: recipes.map { ($0.target, $0) })
    return try encoder.weights.map { state in
      let recipe = byTarget[state.name]
      return (state, recipe, try recipe?.tensors(of: file, for: state.shape))
    }
  }

  private func inventory(of parts: [Part], _ encoder: Encoder) -> WeightsInventory {
    let used = Set(parts.flatMap { $0.tensors == nil ? [] : $0.recipe?.sources ?? [] })
    let rest = file.tensors.filter { !used.contains($0.name) }
    return WeightsInventory(
      loaded: parts.compactMap { part in
        part.tensors.map { (part.state.name, $0.map(\.name)) }
      },
      spare: rest.filter { format.rules.isSpare($0.name) }.map(\.tensor.name),
      unknown: rest.filter { !format.rules.isSpare($0.name) }.map(\.tensor.name),
      missing: parts.compactMap { part in
        part.tensors == nil ? part.recipe.map { (part.state.name, $0.sources) } : nil
      },
      fresh: parts.filter { $0.recipe == nil }.map(\.state.name))
  }
}
