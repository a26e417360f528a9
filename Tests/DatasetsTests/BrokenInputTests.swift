import Foundation
import Storage
import Tensors
import Testing

@testable import Datasets

/// Files that cannot be used, what opens them, and the one sentence that must come of it; paths
/// in the sentence are relative to the folder the files stand in.
struct BrokenInput: Sendable, CustomTestStringConvertible {
  let name: String
  let files: [String: [UInt8]]
  let sentence: String
  let open: @Sendable (_ folder: String) throws -> Void

  var testDescription: String { name }

  static let classes = ["cat", "dog", "owl"]

  init(
    _ name: String, _ files: [String: [UInt8]], _ sentence: String,
    open: @escaping @Sendable (_ folder: String) throws -> Void
  ) {
    (self.name, self.files, self.sentence, self.open) = (name, files, sentence, open)
  }

  /// A `.npy` file.
  static func npy(_ name: String, _ bytes: [UInt8], _ problem: String) -> BrokenInput {
    BrokenInput(name, ["a.npy": bytes], "a.npy: " + problem) {
      _ = try NPYArray(path: "\($0)/a.npy")
    }
  }

  /// A `.npz` file whose array `x` is read.
  static func npz(_ name: String, _ bytes: [UInt8], _ sentence: String) -> BrokenInput {
    BrokenInput(name, ["a.npz": bytes], sentence) {
      _ = try NPZFile(path: "\($0)/a.npz").array("x")
    }
  }

  /// A manifest.
  static func csv(
    _ name: String, _ text: String, _ sentence: String, column: Manifest.Column = .path
  ) -> BrokenInput {
    BrokenInput(name, ["m.csv": Array(text.utf8)], sentence) {
      _ = try Manifest.load(path: "\($0)/m.csv", classes: classes, column: column)
    }
  }

  /// An array split: `x.npy`, and `y.npy` with `ids.txt` or `m.csv`, as far as the files are there.
  static func split(
    _ name: String, _ files: [String: [UInt8]], _ sentence: String
  ) -> BrokenInput {
    var split = ArraySplit(values: "x.npy")
    if files["y.npy"] != nil { split.labels = "y.npy" }
    if files["ids.txt"] != nil { split.ids = "ids.txt" }
    if files["m.csv"] != nil { split.manifest = "m.csv" }
    return BrokenInput(name, files, sentence) { [split] in
      let options = ArrayOptions(train: split, test: nil)
      _ = try ModalityData.open(.arrays(options), root: $0, classes: classes, seed: 0)
    }
  }

  /// An image split.
  static func idx(
    _ name: String, _ images: [UInt8], labels: [UInt8]? = nil, manifest: String? = nil,
    _ sentence: String
  ) -> BrokenInput {
    var files = ["images": images]
    files["labels"] = labels
    files["m.csv"] = manifest.map { Array($0.utf8) }
    let split = ImageOptions.Split(
      images: "images", labels: labels.map { _ in "labels" },
      manifests: manifest.map { _ in ["m.csv"] } ?? [])
    return BrokenInput(name, files, sentence) {
      let options = ImageOptions(train: split, test: nil)
      _ = try ModalityData.open(.idx(options), root: $0, classes: classes, seed: 0)
    }
  }
}

@Suite struct BrokenInputTests {
  @Test(arguments: BrokenInput.files + BrokenInput.arrays + BrokenInput.archives)
  func `an unusable file or array is refused with one exact sentence`(_ input: BrokenInput) throws {
    try check(input)
  }

  @Test(arguments: BrokenInput.manifests + BrokenInput.splits + BrokenInput.images)
  func `an unusable manifest or split is refused with one exact sentence`(
    _ input: BrokenInput
  ) throws { try check(input) }

  private func check(_ input: BrokenInput) throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in input.files { try folder.write(bytes, name) }
    let error = #expect(throws: FileError.self) { try input.open(folder.path) }
    let sentence = error?.description.replacingOccurrences(of: folder.path + "/", with: "")
    #expect(sentence == input.sentence)
  }

  @Test func `an unreadable file is refused`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("secret", "x.npy")
    #expect(chmod(path, 0) == 0)
    // Root may read everything, unless this thread looks at files as somebody else.
    let symbol = dlsym(nil, "setfsuid")
    typealias SetUser = @convention(c) (UInt32) -> Int32
    let setUser = unsafeBitCast(try #require(symbol), to: SetUser.self)
    let user = geteuid()
    if user == 0 { _ = setUser(65534) }
    defer { if user == 0 { _ = setUser(0) } }
    let expected = FileError(
      path, "permission denied; make it readable for the user who trains")
    #expect(throws: expected) { try InputFile.check(path) }
    #expect(throws: expected) { try NPYArray(path: path) }
  }

  @Test func `a named pipe is refused instead of waited for`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: FileError(path, "is not a regular file")) { try InputFile.read(path) }
  }

  @Test func `a file larger than the machine's memory is refused`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x", "huge.npy")
    // Sparse: nothing of it is on the disk.
    let byteCount = MachineMemory.byteCount + 1
    try #require(truncate(path, byteCount) == 0)
    #expect(
      throws: FileError(
        path, "needs \(byteCount) bytes, but this machine has \(MachineMemory.byteCount)")
    ) { try InputFile.read(path) }
  }

  @Test func `a good file passes the check`() throws {
    let folder = try TemporaryFolder()
    try InputFile.check(folder.write("version https://example.org", "x"))
    #expect(try InputFile.text(folder.write("\u{feff}é", "y")) == "é")
  }
}
