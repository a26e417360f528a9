import Foundation
import Tensors
import Testing

@testable import Storage

/// Files that are refused, and the whole sentence about each.
@Suite struct HostileFileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let sentence: String

    init(_ name: String, _ bytes: [UInt8], _ sentence: String) {
      testDescription = name
      self.bytes = bytes
      self.sentence = sentence
    }

    /// A file of one tensor named w.
    init(
      _ name: String, dtype: String = "F32", shape: String = "[2]", offsets: String = "[0,8]",
      data: Int = 8, _ sentence: String
    ) {
      let header = #"{"w":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
      self.init(name, file(header, data: Array(repeating: 0, count: data)), sentence)
    }
  }

  static func tensor(_ name: String, _ begin: Int, _ end: Int) -> String {
    let count = (end - begin) / 4
    return #""\#(name)":{"dtype":"F32","shape":[\#(count)],"data_offsets":[\#(begin),\#(end)]}"#
  }

  static func tensors(_ tensors: [String], data: Int) -> [UInt8] {
    file("{\(tensors.joined(separator: ","))}", data: Array(repeating: 0, count: data))
  }

  static let lengths = [
    Case("no bytes", [], "0 bytes are no safetensors file: it begins with 8 bytes of length"),
    Case(
      "seven bytes", [2, 0, 0, 0, 0, 0, 0],
      "7 bytes are no safetensors file: it begins with 8 bytes of length"),
    Case(
      "a header beyond the end", [9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D],
      "the header claims to be 9 bytes long, but 2 are there: "
        + "the file is cut off or is no safetensors file"),
    Case(
      "a huge header", Array(repeating: 0xFF, count: 16),
      "the header claims to be 18446744073709551615 bytes long, but at most 100000000 are: "
        + "the file is cut off or is no safetensors file"),
    Case(
      "an empty header", file(""),
      "the header is no such JSON: the end stands at byte 0, expected '{'"),
  ]

  static let places = [
    Case(
      "offset beyond the end", shape: "[3]", offsets: "[0,12]",
      #"tensor "w" is said to be at bytes 0 to 12 of the data, which has 8"#),
    Case(
      "offsets in reverse", shape: "[0]", offsets: "[8,0]",
      #"tensor "w" is said to be at bytes 8 to 0 of the data, which has 8"#),
    Case(
      "truncated data", tensors([tensor("a", 0, 8), tensor("b", 8, 16)], data: 15),
      #"tensor "b" is said to be at bytes 8 to 16 of the data, which has 15"#),
    Case(
      "bytes left over", tensors([tensor("a", 0, 8)], data: 9),
      "the data has 9 bytes, but the tensors end at byte 8"),
    Case(
      "data without tensors", file("{}", data: [0]),
      "the data has 1 bytes, but the tensors end at byte 0"),
    Case(
      "overlap", tensors([tensor("b", 4, 12), tensor("a", 0, 8)], data: 12),
      #"tensor "b" begins at byte 4 of the data and overlaps tensor "a", which ends at byte 8"#),
    Case(
      "gap", tensors([tensor("a", 0, 4), tensor("b", 8, 12)], data: 12),
      #"tensor "b" begins at byte 8 of the data and leaves a gap after tensor "a", "#
        + "which ends at byte 4"),
    Case(
      "gap at the start", tensors([tensor("a", 4, 8)], data: 8),
      #"tensor "a" begins at byte 4 of the data and leaves a gap after the header, "#
        + "which ends at byte 0"),
  ]

  static let descriptions = [
    Case(
      "wrong type", dtype: "I8",
      #"tensor "w" has the type "I8", expected one of F64, F32, F16, BF16, I64"#),
    Case(
      "wrong size", shape: "[2,1,3]",
      #"tensor "w" has 8 bytes, but F32 of shape [2, 1, 3] needs 24"#),
    Case(
      "2^62 elements", shape: "[4611686018427387904]",
      #"tensor "w" of shape [4611686018427387904] has more bytes than can be counted"#),
    Case(
      "an overflow that a 0 would hide", shape: "[4294967296,4294967296,0]", offsets: "[0,0]",
      data: 0,
      #"tensor "w" of shape [4294967296, 4294967296, 0] has more bytes than can be counted"#),
    Case(
      "negative shape", shape: "[-2]",
      #"the axes of tensor "w" must be whole numbers from 0 to 2^63 - 1; see byte 29"#),
    Case(
      "2^63", shape: "[9223372036854775808]",
      #"the axes of tensor "w" must be whole numbers from 0 to 2^63 - 1; see byte 29"#),
    Case(
      "fraction", shape: "[2.0]",
      #"the axes of tensor "w" must be whole numbers from 0 to 2^63 - 1; see byte 29"#),
    Case(
      "leading zero", shape: "[02]",
      #"the axes of tensor "w" must be whole numbers from 0 to 2^63 - 1; see byte 29"#),
    Case(
      "three offsets", offsets: "[0,8,8]",
      #"tensor "w" must have dtype, shape and data_offsets of two numbers"#),
    Case(
      "no shape", file(#"{"w":{"dtype":"F32","data_offsets":[0,0]}}"#),
      #"tensor "w" must have dtype, shape and data_offsets of two numbers"#),
    Case(
      "unknown key", file(#"{"w":{"type":"F32"}}"#),
      #"tensor "w" has the key "type", expected dtype, shape and data_offsets"#),
    Case(
      "duplicate name", tensors([tensor("a", 0, 4), tensor("a", 4, 8)], data: 8),
      #"the name "a" occurs twice in the header"#),
    Case(
      "duplicate key", file(#"{"w":{"dtype":"F32","dtype":"F64"}}"#),
      #"the name "dtype" occurs twice in tensor "w""#),
    Case(
      "duplicate metadata", file(#"{"__metadata__":{"k":"1","k":"2"}}"#),
      #"the name "k" occurs twice in __metadata__"#),
  ]

  static let texts = [
    Case(
      "no JSON", file("PK\u{3}\u{4}"),
      "the header is no such JSON: 'P' stands at byte 0, expected '{'"),
    Case(
      "no object", file("[]"), "the header is no such JSON: '[' stands at byte 0, expected '{'"),
    Case(
      "no colon", file(#"{"a" 1}"#),
      "the header is no such JSON: '1' stands at byte 5 after a name, expected ':'"),
    Case(
      "a comma too many", file(#"{"__metadata__":{},}"#),
      "the header is no such JSON: '}' stands at byte 19, expected '\"'"),
    Case(
      "metadata that are no strings", file(#"{"__metadata__":{"a":1}}"#),
      "the header is no such JSON: '1' stands at byte 21, expected '\"'"),
    Case(
      "nesting", file(String(repeating: #"{"a":"#, count: 10_000)),
      #"tensor "a" has the key "a", expected dtype, shape and data_offsets"#),
    Case("something behind", file("{} {"), "'{' follows the header's closing brace at byte 3"),
    Case("a string without end", file(#"{"a"#), "a string does not end"),
    Case(
      "no UTF-8", [5, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22, 0xC3, 0x28, 0x22],
      "a string that ends at byte 5 of the header is not UTF-8"),
    Case(
      "half a pair", file(#"{"\ud83dx"#),
      "half of a surrogate pair stands in a string; see byte 9"),
    Case("an escape cut off", file(#"{"\u00"#), "an escape in a string is cut off; see byte 6"),
    Case("an unknown escape", file(#"{"\x"#), "an escape in a string is unknown; see byte 4"),
    Case("a control byte", file("{\"a\nb\""), "a string holds the control byte 10"),
    Case(
      "a name that would spoil the terminal", file(#"{"a\u001b\n\"":{"a":1}}"#),
      #"tensor "a\u{1B}\n\"" has the key "a", expected dtype, shape and data_offsets"#),
  ]

  @Test(arguments: lengths + places + descriptions + texts)
  func `a broken file is refused in one sentence`(_ item: Case) throws {
    #expect(refusal { _ = try TensorFile(item.bytes, place: "a") } == "a: \(item.sentence)")
    let folder = try StorageFolder()
    let path = "\(folder.path)/a"
    try Data(item.bytes).write(to: URL(fileURLWithPath: path))
    #expect(refusal { _ = try TensorFile(path: path) } == "\(path): \(item.sentence)")
  }

  @Test func `what is no file is refused and not waited for`() throws {
    let folder = try StorageFolder()
    let sentence = "is a folder or a device, expected a safetensors file"
    #expect(refusal { _ = try TensorFile(path: folder.path) } == "\(folder.path): \(sentence)")
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(refusal { _ = try TensorFile(path: pipe) } == "\(pipe): \(sentence)")
    #expect(
      refusal { _ = try TensorFile(path: "\(folder.path)/none") }
        == "\(folder.path)/none: cannot be opened: No such file or directory")
  }

  @Test func `a file beyond the memory is refused before it is read`() throws {
    let folder = try StorageFolder()
    let path = "\(folder.path)/sparse"
    try Data(file("{}")).write(to: URL(fileURLWithPath: path))
    try #require(truncate(path, 1 << 43) == 0)
    let sentence = refusal { _ = try TensorFile(path: path) }
    #expect(sentence.hasPrefix("\(path): has 8796093022208 bytes, but this machine has "))
  }

  /// Reads, and uses all that could be read.
  private func outcome(_ bytes: [UInt8]) -> Bool {
    guard let file = try? TensorFile(bytes, place: "a") else { return false }
    for tensor in file.tensors {
      _ = try? tensor.floats()
      _ = try? tensor.doubles()
      _ = try? tensor.integers()
    }
    return true
  }

  @Test func `whatever byte of a file is wrong, it is read or refused`() {
    let whole = SafeTensors.encode(SafeTensorsTests.tensors, metadata: ["k": "v\n"])
    #expect(outcome(whole))
    var refused = 0
    for position in whole.indices {
      for bit in 0..<8 {
        var bytes = whole
        bytes[position] ^= 1 << UInt8(bit)
        if !outcome(bytes) { refused += 1 }
      }
      var (shorter, longer, cut) = (whole, whole, whole)
      shorter.remove(at: position)
      longer.insert(UInt8(ascii: "9"), at: position)
      cut.removeSubrange(position...)
      #expect(!outcome(shorter), "without byte \(position)")
      #expect(!outcome(longer), "with one more at \(position)")
      #expect(!outcome(cut), "cut at \(position)")
    }
    #expect(refused > 1000)
  }
}
