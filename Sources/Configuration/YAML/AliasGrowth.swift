import Glibc

/// How many times over a YAML text can grow when its aliases are followed: an upper bound, read off
/// the characters alone.
///
/// It must be known before the text is composed, because Yams compares keys, and a key may be an
/// alias: a few lines of aliases of aliases ("billion laughs") would keep it busy for ever.
///
/// A value is reached once for each way through the aliases that lead to it. An alias leads from a
/// later anchor to an earlier one, so the ways are at most the product, over the anchors, of one
/// more than the anchor's aliases. A star in a comment counts as an alias: that makes the bound
/// larger, never wrong.
func aliasGrowthBound(of text: String) -> Double {
  var aliasCounts: [String: Int] = [:]
  var anchorCounts: [String: Int] = [:]
  var rest = text.utf8[...]
  while let mark = rest.firstIndex(where: { $0 == star || $0 == ampersand }) {
    let isAlias = rest[mark] == star
    rest = rest[rest.index(after: mark)...]
    let name = String(decoding: rest.prefix(while: isPartOfName), as: UTF8.self)
    if isAlias {
      aliasCounts[name, default: 0] += 1
    } else {
      anchorCounts[name, default: 0] += 1
    }
  }
  return anchorCounts.reduce(1) { bound, anchor in
    bound * waysThrough(aliasCount: aliasCounts[anchor.key] ?? 0, anchorCount: anchor.value)
  }
}

/// The largest product of `1 + aliases` over anchors of the same name, which share `aliasCount`:
/// largest when they share it evenly.
private func waysThrough(aliasCount: Int, anchorCount: Int) -> Double {
  pow(1 + Double(aliasCount) / Double(anchorCount), Double(anchorCount))
}

private let star = UInt8(ascii: "*")
private let ampersand = UInt8(ascii: "&")

/// What libyaml takes for a part of an anchor's name.
private func isPartOfName(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
    true
  default: false
  }
}
