import Storage
import TestSupport
import Testing

@testable import Datasets

/// Whatever stands in a file, what is said about it is one legible line that names the file.
@Suite struct HostileSentenceTests {
  private func refusal(_ read: () throws -> Void) -> String {
    do {
      try read()
      return "nothing is refused"
    } catch {
      return "\(error)"
    }
  }

  private func manifest(_ text: String, _ column: Manifest.Column = .index) -> String {
    refusal {
      _ = try Manifest.parse(
        Array(text.utf8), place: "a.csv", classes: ["cat", "dog"], column: column)
    }
  }

  @Test func `what a manifest holds is shown on one line`() {
    #expect(
      manifest("id,label\u{1b}[2J,\"ind\nex\"\n")
        == "a.csv:1: there is no column 'label'; the columns are 'id', 'label\\u{1b}[2J', 'ind\\u{a}ex'"
    )
    #expect(
      manifest("id,label,index\na,\"do\ng\",1\n")
        == "a.csv:2: the label is 'do\\u{a}g', expected 0 to 1 or one of 'cat', 'dog'")
    #expect(
      manifest("id,label,index\na,0,\u{202e}1\n")
        == "a.csv:2: the index is '\\u{202e}1', expected a row number from 0")
    #expect(
      manifest("id,label,index\n\"\na\",0,1\n")
        == "a.csv:2: the id '\\u{a}a' begins or ends with white space")
  }

  @Test func `a path with a zero is refused, for the system would open another file`() {
    #expect(
      manifest("id,label,path\na,0,b.wav\0c\n", .path)
        == "a.csv:2: the path 'b.wav\\u{0}c' holds a zero byte, which no path can")
    let long = String(repeating: "a", count: 5000)
    #expect(
      manifest("id,label,path\na,0,\(long)\n", .path)
        == "a.csv:2: the path has 5000 bytes, but no path has more than 4095")
  }

  @Test func `ids are shown on one line`() throws {
    let folder = try Scratch()
    try folder.write("id,label,text\n\"a\nb\",0,x\n\"a\nb\",0,y\n", to: "a.csv")
    let duplicate = refusal {
      _ = try Manifest.load(paths: ["a.csv"], root: folder.path, classes: ["cat"], column: .text)
    }
    #expect(
      duplicate
        == "\(folder["a.csv"]):4: the id 'a\\u{a}b' stands already at \(folder["a.csv"]):2")
    #expect(
      refusal { _ = try IDList.parse(Array("a\rb\na\rb\n".utf8), place: "ids") }
        == "ids:2: the id 'a\\u{d}b' stands already on line 1")
  }

  @Test func `names within archives are shown on one line`() {
    let array = NPYWriter.bytes([1] as [Float], shape: [1])
    let twice = Handmade.zip([.init("a\n.npy", array), .init("a\n.npy", array)])
    #expect(
      refusal { _ = try NPZFile(bytes: twice, place: "a.npz") }
        == "a.npz: holds two arrays named 'a\\u{a}'")
    let name = "\u{1b}c" + String(repeating: "n", count: 1000)
    let short = Handmade.zip([.init(name, Array(array.dropLast()))])
    let sentence = refusal {
      let file = try NPZFile(bytes: short, place: "a.npz")
      _ = try file.array(name)
    }
    #expect(
      sentence.hasPrefix("a.npz:\\u{1b}c" + String(repeating: "n", count: 58) + "…: declares"))
  }

  @Test func `a long type is not shown whole`() {
    let literal = Handmade.header("(1,)", "<" + String(repeating: "f", count: 10_000))
    let sentence = refusal {
      _ = try NPYArray(bytes: Handmade.npy(literal: literal, []), place: "a.npy")
    }
    #expect(sentence.hasPrefix("a.npy: has dtype '<ffff"))
    #expect(sentence.utf8.count < 300)
  }
}
