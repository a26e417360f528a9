import Storage

/// How many of the words of a split's texts a vocabulary knows.
struct WordCoverage: Equatable {
  private(set) var textCount = 0
  private(set) var textsWithoutKnownWord = 0
  private(set) var wordCount = 0
  private(set) var unknownCount = 0
  /// The first unknown word.
  private(set) var example: String?

  init(of manifest: Manifest, by vocabulary: Vocabulary) {
    for row in manifest.rows {
      let words = vocabulary.words(of: row.value)
      let unknown = words.filter { !vocabulary.knows($0) }
      textCount += 1
      textsWithoutKnownWord += unknown.count == words.count ? 1 : 0
      wordCount += words.count
      unknownCount += unknown.count
      example = example ?? unknown.first
    }
  }

  /// What to say where little of the texts is left: half of their words are unknown, or a quarter of
  /// them have no known word. (Short texts of few words have a third of unknown ones, in good order.)
  func warning(of split: TextSplit) -> String? {
    let isThin = 2 * unknownCount >= wordCount || 4 * textsWithoutKnownWord >= textCount
    guard isThin, textCount > 0 else { return nil }
    let sample = example.map { ", such as '\($0.legible())'" } ?? ""
    return
      "\(percent(unknownCount, of: wordCount)) of the words of the \(split.rawValue) texts are"
      + " unknown\(sample), and \(percent(textsWithoutKnownWord, of: textCount)) of these texts have"
      + " no known word at all; \(split.remedy)"
  }

  private func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "0 %" : "\(Int((100 * Double(part) / Double(whole)).rounded())) %"
  }
}

/// Whose words are counted.
enum TextSplit: String {
  case training, test

  /// What to look at where hardly any word is known.
  fileprivate var remedy: String {
    switch self {
    case .training:
      "look at minimum_count and vocabulary, and whether there are blanks between the words"
    case .test:
      "they should have the language and the spelling of the training texts, and blanks between"
        + " the words"
    }
  }
}
