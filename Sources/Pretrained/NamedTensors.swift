import Storage

/// The tensors of a file by names that a format knows: without what savers put in front of them.
struct NamedTensors {
  /// The file, as messages name it.
  let place: String
  /// The tensors in the order of the file, with the names that rules use.
  let tensors: [(name: String, tensor: StoredTensor)]

  private let index: [String: Int]

  /// The tensors of `file`, each under what `clean` makes of its name.
  ///
  /// - Throws: `FileError` where two have the same.
  init(_ file: TensorFile, clean: (String) -> String) throws {
    place = file.place
    var (tensors, index) = ([(name: String, tensor: StoredTensor)](), [String: Int]())
    for tensor in file.tensors {
      let name = clean(tensor.name)
      if let other = index.updateValue(tensors.count, forKey: name) {
        throw FileError(
          file.place,
          "the tensors \(quoted(tensors[other].tensor.name)) and \(quoted(tensor.name)) are one "
            + "array; keep one of them")
      }
      tensors.append((name, tensor))
    }
    (self.tensors, self.index) = (tensors, index)
  }

  /// No tensors: rules then speak of files that are to be written.
  init() { (place, tensors, index) = ("", [], [:]) }

  subscript(name: String) -> StoredTensor? { index[name].map { tensors[$0].tensor } }

  /// The axes of the tensor of that name, which must be so many.
  ///
  /// - Throws: `FileError` where it is not there, has other axes, or has an empty one.
  func axes(of name: String, _ count: Int) throws -> [Int] {
    guard let tensor = self[name] else {
      throw FileError(
        place, "has no tensor \(quoted(name)), which tells the size; give the whole model's weights"
      )
    }
    let axes = tensor.shape.dimensions
    guard axes.count == count, axes.allSatisfy({ $0 > 0 }) else {
      throw FileError(
        place,
        "tensor \(quoted(tensor.name)) has the shape \(shown(axes)), expected \(count) axes"
      )
    }
    return axes
  }

  /// The number of blocks, whose names are `prefix`, a number from 0, and `suffix`.
  ///
  /// - Throws: `FileError` where one is left out.
  func blockCount(_ prefix: String, _ suffix: String) throws -> Int {
    let numbers = tensors.compactMap { name, _ -> Int? in
      guard name.hasPrefix(prefix), name.hasSuffix(suffix),
        name.utf8.count > prefix.utf8.count + suffix.utf8.count
      else { return nil }
      return Int(name.dropFirst(prefix.count).dropLast(suffix.count))
    }
    guard let last = numbers.max(), last + 1 == numbers.count else {
      throw FileError(
        place,
        numbers.isEmpty
          ? "has no tensors \(prefix)0\(suffix), …: no block is there; give the whole model's weights"
          : "has \(counted(numbers.count, "block")), but the last is number \(numbers.max() ?? 0), from 0 on; give the whole model's weights"
      )
    }
    return numbers.count
  }
}

/// A file's shape as messages show it, however long a broken file makes it.
func shown(_ axes: [Int]) -> String {
  let first = axes.prefix(8).map(String.init).joined(separator: " x ")
  return axes.count > 8 ? "[\(first) x …]" : "[\(first)]"
}
