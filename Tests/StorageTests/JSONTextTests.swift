import Storage
import Testing

/// Documents read in one pass: what JSON is, and what it is not.
@Suite struct JSONTextTests {
  private static let whole: [(String, String)] = [
    (#" { "a" : [ 1 , -2.5e1 , true , null ] } "#, #"{"a":[1,-25,true,null]}"#),
    (#""\u00e9\ud83d\ude00\n\"\/""#, #""é😀\n\"/""#), ("[]", "[]"), ("{}", "{}"),
    (#"{"a":1,"a":2}"#, #"{"a":2}"#), ("9223372036854775807", "9223372036854775807"),
  ]

  @Test(arguments: whole)
  func `a document is read as what it is`(_ text: String, _ expected: String) throws {
    let value = try #require(JSONValue(parsing: Array(text.utf8)))
    #expect(try value.text(pretty: false) == expected)
  }

  private static let broken = [
    "", "{", "[1,]", "[1 2]", "{\"a\"}", "{1:2}", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"",
    "tru",
    "1 2", "-", "1e", "--1", "+1", "nan", "Infinity", "[1]]", String(repeating: "[", count: 1_000),
    String(repeating: "1", count: 1_000),
  ]

  @Test(arguments: broken) func `what is no document is refused`(_ text: String) {
    #expect(JSONValue(parsing: Array(text.utf8)).map { _ in true } == nil)
  }

  @Test func `half of a surrogate pair, and bytes that are no text, become the sign for it`() {
    #expect(JSONValue(parsing: Array(#""\ud83d.""#.utf8))?.text == "\u{FFFD}.")
    #expect(JSONValue(parsing: [0x22, 0xFF, 0x22])?.text == "\u{FFFD}")
  }

  @Test func `what is not there, or is something else, is nil`() {
    let value = JSONValue(parsing: Array(#"{"a":[1,1e31,-3],"b":"x"}"#.utf8))
    #expect(value?["a"]?.elements?.map(\.quantity) == [1, nil, -3])
    #expect(value?["a"]?.elements?.map(\.count) == [1, nil, nil])
    #expect(value?["b"]?.quantity == nil && value?["c"].map { _ in 0 } == nil)
    #expect(value?["b"]?["d"].map { _ in 0 } == nil)
    #expect(value?["b"]?.text == "x" && value?.members?.count == 2)
  }
}
