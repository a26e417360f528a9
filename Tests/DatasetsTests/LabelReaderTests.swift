import Storage
import Testing

@testable import Datasets

/// One rule for labels, whichever way they come in.
@Suite struct LabelReaderTests {
  /// The ways in: each gives the labels `numbers` to the sources, and reads them back.
  enum Way: String, CaseIterable {
    case manifest, numbers, text, bytes, images

    func labels(_ numbers: [Int], classes: [String]) throws -> [Int] {
      let folder = try TemporaryFolder()
      let count = numbers.count
      try folder.write(
        Handmade.npy("(\(count), 1)", [Float](repeating: 1, count: count)), "x.npy")
      var split = ArraySplit(values: "x.npy", labels: "y.npy")
      switch self {
      case .manifest:
        let rows = numbers.enumerated().map { "s\($0),\($1),\($0)\n" }.joined()
        try folder.write("id,label,index\n" + rows, "m.csv")
        split = ArraySplit(values: "x.npy", manifest: "m.csv")
      case .numbers:
        try folder.write(Handmade.npy("(\(count),)", numbers.map(Int32.init)), "y.npy")
      case .text:
        let data = numbers.flatMap { padded(String($0).unicodeScalars.map { Int($0.value) }, 4) }
        try folder.write(
          Handmade.npy(literal: Handmade.header("(\(count),)", "<U3"), data), "y.npy")
      case .bytes:
        let data = numbers.flatMap { padded(String($0).utf8.map(Int.init), 1) }
        try folder.write(
          Handmade.npy(literal: Handmade.header("(\(count),)", "|S3"), data), "y.npy")
      case .images:
        try folder.write(Handmade.idx(2051, [count, 1, 1], numbers.map { _ in 1 }), "images")
        try folder.write(Handmade.idx(2049, [count], numbers.map(UInt8.init)), "labels")
        let options = ImageOptions(train: .init(images: "images", labels: "labels"), test: nil)
        return try ModalityData.open(.idx(options), root: folder.path, classes: classes, seed: 0)
          .train.labels
      }
      return try ArraySource(split, root: folder.path, classes: classes).labels
    }

    /// Three units of `width` bytes, the last ones 0.
    private func padded(_ units: [Int], _ width: Int) -> [UInt8] {
      (units + [Int](repeating: 0, count: 3 - units.count)).flatMap { Handmade.little($0, width) }
    }
  }

  @Test(arguments: Way.allCases)
  func `a label that names one class and numbers another is refused`(way: Way) throws {
    let error = try #require(throws: FileError.self) {
      try way.labels([2, 0], classes: ["1", "0", "2"])
    }
    #expect(
      error.problem.withoutQuotes
        == "the label 0 is the name of class 1 and the number of class 0; rename the classes")
  }

  @Test(arguments: Way.allCases)
  func `a number that is the name of a class is that class`(way: Way) throws {
    #expect(try way.labels([30, 10, 20], classes: ["10", "20", "30"]) == [2, 0, 1])
    #expect(try way.labels([2, 0, 1], classes: ["a", "b", "c"]) == [2, 0, 1])
  }

  @Test(arguments: Way.allCases)
  func `a label that is neither is refused with what is expected`(way: Way) throws {
    let named = try #require(throws: FileError.self) {
      try way.labels([1, 2], classes: ["cat", "dog"])
    }
    #expect(
      named.problem.withoutQuotes == "the label is 2, expected 0 to 1 or one of cat, dog")
    // Without names there is nothing to list.
    let unnamed = try #require(throws: FileError.self) {
      try way.labels([1, 2], classes: ["0", "1"])
    }
    #expect(unnamed.problem.withoutQuotes == "the label is 2, expected 0 to 1")
  }

  @Test func `names without a list of them are refused with what to do`() {
    #expect(
      throws: FileError(
        "y.npy, row 0",
        "the label is 'cat', expected 0 to 1; where labels are names, 'classes' must list them")
    ) { try LabelReader(classes: ["0", "1"]).label("cat", place: "y.npy, row 0") }
  }

  @Test func `drawn labels keep the rule too`() {
    let error = #expect(throws: FileError.self) {
      try ModalityData.open(
        .synthetic(SyntheticOptions()), root: "", classes: ["0", "1", "2", "3", "5", "4"], seed: 0)
    }
    #expect(
      error?.description
        == "lazy2: the label 4 is the name of class 5 and the number of class 4; rename the classes"
    )
  }

  @Test(arguments: ["text", "big", "bytes"])
  func `names of classes that NumPy saved are labels`(name: String) throws {
    let array = try NPYArray.open("labels.npz:\(name)", root: goldenFolder(), for: .labels)
    #expect(try array.texts() == ["owl", "cat", "dog", "owl"])
    #expect(try LabelReader(classes: BrokenInput.classes).labels(of: array) == [2, 0, 1, 2])
  }

  @Test func `numbers as text are labels, and text is Unicode`() throws {
    func array(_ name: String) throws -> NPYArray {
      try NPYArray.open("labels.npz:\(name)", root: goldenFolder(), for: .labels)
    }
    #expect(
      try LabelReader(classes: BrokenInput.classes).labels(of: array("numbers")) == [2, 0, 1])
    #expect(try array("wide").texts() == ["Größe", "\u{1f989}", ""])
  }

  private func goldenFolder() throws -> String {
    String(try golden("labels.npz").dropLast("/labels.npz".count))
  }
}

extension String {
  /// Text is quoted where it was text in the file, numbers are not.
  fileprivate var withoutQuotes: String { replacing("'", with: "") }
}
