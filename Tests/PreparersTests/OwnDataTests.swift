import Foundation
import TestSupport
import Testing

@testable import Preparers

/// What `init` finds in folders, and what it asks. Texts stand for all media.
@Suite struct OwnDataTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func own(_ paths: [String] = ["own"], label: String? = nil, seed: UInt64 = 0) throws
    -> OwnData
  {
    var options = OwnData.Options()
    (options.label, options.seed) = (label, seed)
    return try OwnData(paths.map { scratch[$0] }, options: options)
  }

  /// The one sentence with which data are refused.
  private func refusal(_ paths: [String] = ["own"], label: String? = nil) -> String {
    do {
      _ = try own(paths, label: label)
      return "taken"
    } catch {
      return "\(error)".replacing("\(scratch.path)/", with: "")
    }
  }

  private func texts(_ names: [String]) throws {
    for name in names { try scratch.write("words of \(name)", to: "own/\(name).txt") }
  }

  private func ids(_ data: OwnData, _ part: Part) -> [String] {
    data.samples.filter { $0.part == part }.map(\.id)
  }

  @Test func `folders of parts are the split, and validation joins the training part`() throws {
    try texts(["train/a/1", "train/b/1", "val/a/2", "test/a/1", "test/b/3"])
    let data = try own()
    #expect(ids(data, .train) == ["dev/a/2", "train/a/1", "train/b/1"].sorted())
    #expect(ids(data, .test) == ["test/a/1", "test/b/3"])
    #expect(data.splitSentence.hasSuffix("; validation joins train"))
  }

  @Test func `every class is tested, and none without training samples`() throws {
    for count in [2, 3, 7, 30] {
      let names = ["a", "b"].flatMap { label in (0..<count).map { "\(label)/\($0)" } }
      try texts(names + ["single/0"])
      let data = try own(seed: UInt64(count))
      let wanted = max(1, Int((0.2 * Double(count)).rounded()))
      for label in ["a/", "b/"] {
        #expect(ids(data, .test).count { $0.hasPrefix(label) } == wanted, "\(count)")
      }
      #expect(ids(data, .train).contains("single/0"))
      try scratch.remove("own")
    }
  }

  @Test func `the draw follows from the seed alone`() throws {
    try texts((0..<40).map { "\($0 % 2 == 0 ? "a" : "b")/\($0)" })
    let draws = try (0..<4).map { ids(try own(seed: $0), .test) }
    #expect(try ids(own(seed: 0), .test) == draws[0])
    #expect(Set(draws).count > 1)
  }

  @Test(arguments: 0..<8) func `groups are never parted`(seed: UInt64) throws {
    var table = "id,group\n"
    for index in 0..<36 {
      try texts(["\(["a", "b", "c"][index % 3])/\(index)"])
      table += "\(["a", "b", "c"][index % 3])/\(index),g\(index / 4)\n"
    }
    try scratch.write(table, to: "own/groups.csv")
    let data = try own(seed: seed)
    let sides = Dictionary(grouping: data.samples) { $0.group ?? "" }.mapValues {
      Set($0.map(\.part))
    }
    #expect(sides.count == 9 && sides.values.allSatisfy { $0.count == 1 })
    #expect(1...4 ~= sides.values.count { $0 == [.test] })
    #expect(Set(data.samples.filter { $0.part == .test }.map(\.label)).count == 3)
  }

  @Test func `a table names files by their ids, and gives them labels`() throws {
    try texts(["x1", "x2", "x3", "x4", "x5"])
    try scratch.write("id,class\nx1,up\nx2,down\nx3,up\nx4,down\nx9,up\n", to: "own/t.csv")
    let data = try own()
    #expect(data.samples.map(\.id).sorted() == ["x1", "x2", "x3", "x4"])
    #expect(data.remarks.contains("left out: 1 file that no row names"))
    try scratch.write("id,class\ny1,up\ny2,down\n", to: "own/t.csv")
    #expect(
      refusal()
        == "own/t.csv: names no file beside it: none of its ids, such as 'y1', is a file's name without its ending"
    )
  }

  @Test func `numbers that are no ranks become names of classes`() throws {
    try scratch.write(
      "text,label\n" + (1...8).map { "some words here \($0),\($0 % 2 + 1)\n" }.joined(),
      to: "own/t.csv")
    #expect(try own().classes == ["class_1", "class_2"])
    try scratch.write(
      "text,label\n" + (1...8).map { "some words here \($0),\($0 % 2)\n" }.joined(), to: "own/t.csv"
    )
    #expect(try own().classes == ["0", "1"])
  }

  @Test func `a split column is taken at its word`() throws {
    try scratch.write(
      "text,label,split\na b c,x,train\nd e f,y,train\ng h i,x,test\nj k l,y,test\n",
      to: "own/t.csv")
    #expect(try ids(own(), .test) == ["row-3", "row-4"])
  }

  @Test func `what cannot be decided is asked in one sentence`() throws {
    try texts(["1", "2"])
    #expect(
      refusal()
        == "own/1.txt: stands in no folder of a class; put each class into a folder, or a table (.csv) with the columns id and label beside the files"
    )
    try scratch.remove("own")
    try texts(["a/1", "a/2"])
    #expect(refusal() == "own: has samples of one class alone, 'a'; two or more are needed")
    try texts(["b\u{1B}[31m/1"])
    #expect(refusal().hasPrefix("own: has the class 'b\\u{1b}[31m', whose name holds "))
    try scratch.remove("own")
    try scratch.write("a,b\n1,2\n3,4\n", to: "own/t.csv")
    try scratch.write("a,c\n1,2\n3,4\n", to: "own/u.csv")
    #expect(refusal().hasPrefix("own: holds several tables, 't.csv', 'u.csv'; name "))
    #expect(
      refusal(["own/t.csv"]).hasPrefix(
        "own/t.csv: has no column of texts and none that names files"))
    #expect(refusal(["none"]) == "none: no such file or folder")
    #expect(
      refusal(["own/t.csv"], label: "d")
        == "--label: found 'd', but the columns of own/t.csv are 'a', 'b'")
    try scratch.write("a;b\n1;2\n", to: "own/t.csv")
    #expect(
      refusal(["own/t.csv"]).hasSuffix(
        "has its columns parted by semicolons, expected commas; save it with commas"))
  }

  @Test func `folders of arrays are parts, and names in arrays too`() throws {
    for (part, count) in [("train", 6), ("test", 3)] {
      let values = [Float](repeating: 1, count: 2 * count)
      try scratch.write(NPYWriter.bytes(values, shape: [count, 2]), to: "own/\(part)/pix.npy")
      try scratch.write(NPYWriter.bytes(values, shape: [count, 2]), to: "flat/pix_\(part).npy")
      let labels = (0..<count).map { "\(["up", "down"][$0 % 2])\n" }.joined()
      try scratch.write(labels, to: "own/\(part)/labels.txt")
      try scratch.write(labels, to: "flat/labels_\(part).txt")
    }
    for folder in ["own", "flat"] {
      let data = try own([folder])
      #expect(data.rows == [["pix", "arrays [2]", "6", "3"]])
      #expect(ids(data, .test) == ["test-0", "test-1", "test-2"])
    }
  }

  @Test func `arrays without labels, or of other lengths, are refused`() throws {
    try scratch.write(
      NPYWriter.bytes([Float](repeating: 0, count: 8), shape: [4, 2]), to: "own/x.npy")
    #expect(refusal().hasPrefix("own: has no labels for own/x.npy: "))
    try scratch.write("a\nb\na\n", to: "own/labels.txt")
    #expect(refusal() == "own/labels.txt: has 3 lines, but the arrays beside it have 4 rows")
    try scratch.write(Array("no array".utf8), to: "own/y.npy")
    #expect(refusal().contains("own/y.npy: is not a .npy file"))
  }

  @Test func `manifests name files from their own folder, and YAML is quoted where it must be`()
    throws
  {
    #expect(OwnConfiguration.yaml("a b") == "\"a b\"" && OwnConfiguration.yaml("no") == "\"no\"")
    #expect(
      OwnConfiguration.yaml("x/y.csv") == "x/y.csv"
        && OwnConfiguration.yaml("a*\"\n") == "\"a\\u002A\\\"\\n\"")
    try scratch.write("x", to: "own/deep/a.npz")
    #expect(
      "\(scratch["own/deep"])/a.npz:x".relative(to: scratch["out/run"]) == "../../own/deep/a.npz:x")
    #expect(scratch["own/deep/a.npz"].relative(to: scratch["own"]) == "deep/a.npz")
  }
}
