import Storage

/// Reads labels written as a number or as the name of a class: one rule for manifests, arrays,
/// label files and drawn labels.
struct LabelReader {
  private let classes: [String]
  private let numbers: [String: Int]

  init(classes: [String]) {
    self.classes = classes
    numbers = Dictionary(zip(classes, classes.indices), uniquingKeysWith: { first, _ in first })
  }

  /// The class that `text` names, by its name or its number.
  func label(_ text: String, place: @autoclosure () -> String) throws -> Int {
    try label(text, as: "'\(text.legible())'", place: place())
  }

  /// The class that `number` names, which is also what `number` written as text names.
  func label(_ number: Int, place: @autoclosure () -> String) throws -> Int {
    try label(String(number), as: "\(number)", place: place())
  }

  /// The classes that an array names, one a value: integers, or text.
  func labels(of array: NPYArray) throws -> [Int] {
    func place(_ row: Int) -> String { "\(array.place), row \(row)" }
    guard array.type.kind.isText else {
      return try array.integers().enumerated().map { try label($1, place: place($0)) }
    }
    return try array.texts().enumerated().map { try label($1, place: place($0)) }
  }

  private func label(
    _ text: String, as shown: @autoclosure () -> String, place: @autoclosure () -> String
  ) throws -> Int {
    let number = Int(text).flatMap { classes.indices.contains($0) ? $0 : nil }
    switch (numbers[text], number) {
    case (let named?, let number?) where named != number:
      throw FileError(
        place(),
        "the label \(shown()) is the name of class \(named) and the number of class \(number);"
          + " rename the classes")
    case (let label?, _), (nil, let label?): return label
    case (nil, nil):
      throw FileError(
        place(), "the label is \(shown()), expected \(expectation(isNumber: Int(text) != nil))")
    }
  }

  private func expectation(isNumber: Bool) -> String {
    let range = "0 to \(classes.count - 1)"
    let areUnnamed = classes.enumerated().allSatisfy { $1 == String($0) }
    guard areUnnamed else { return "\(range) or one of \(quoted(classes))" }
    return isNumber ? range : "\(range); where labels are names, 'classes' must list them"
  }
}
