import Storage
import Tensors

/// How one array of an encoder is made of tensors of a file.
struct Recipe {
  /// The array's name in the encoder.
  let target: String
  /// The tensors, by the names that rules use.
  let sources: [String]
  /// The shapes that the tensors must have for an array of that shape. An axis of 1 in front of them
  /// is passed over.
  let shapes: (Shape) -> [[Int]]
  /// What to do about another shape, where there is something to say.
  var advice: String?
  /// The values of the array, of those of the tensors.
  let make: ([[Float]]) -> [Float]
  /// The way back: the values of tensors that make the array of these; nil: there is none.
  let unmake: ([Float]) -> [[Float]]?

  /// The tensors that the array is made of; nil where one is missing.
  ///
  /// - Throws: `FileError` where one has another shape or type than it must have.
  func tensors(of file: NamedTensors, for shape: Shape) throws -> [StoredTensor]? {
    let found = sources.compactMap { file[$0] }
    guard found.count == sources.count else { return nil }
    for (tensor, expected) in zip(found, shapes(shape)) {
      let axes = tensor.shape.dimensions
      let spare = max(0, axes.count - expected.count)
      guard axes.prefix(spare).allSatisfy({ $0 == 1 }), Array(axes.dropFirst(spare)) == expected
      else {
        throw FileError(
          file.place,
          "tensor \(quoted(tensor.name)) has the shape \(shown(axes)), but this encoder's "
            + "\(target) needs \(shown(expected)); "
            + (advice ?? "give weights of the same network, or change the encoder's options"))
      }
      guard [.float32, .float16, .bfloat16].contains(tensor.elementType) else {
        throw FileError(
          file.place,
          "tensor \(quoted(tensor.name)) has the type \(tensor.elementType.rawValue), expected F32, "
            + "F16 or BF16; convert it to float32")
      }
    }
    return found
  }
}
