/// How many values a YAML text may hold, its keys included: a bound read off the characters alone.
///
/// It must be known before the text is composed, because each value then takes a hundred bytes or
/// more, also where it had two. A mark within a text or a remark counts too.
func valueBound(of text: String) -> Int {
  // In braces, what stands between two commas is a key, and a value even where none is written.
  let ofComma = text.utf8.contains(UInt8(ascii: "{")) ? 2 : 1
  var (count, last) = (1, UInt8(ascii: "\n"))
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: ","): count += ofComma
    case UInt8(ascii: "{"): count += 2
    case UInt8(ascii: ":"), UInt8(ascii: "["),
      UInt8(ascii: "?"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      count += 1
    case UInt8(ascii: " ") where last == UInt8(ascii: "-"): count += 1
    default: break
    }
    last = byte
  }
  return count
}
