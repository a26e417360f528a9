import Storage
import Tensors

/// How many of the words of a split's texts have tokens of their own.
struct WordCoverage {
  private(set) var textCount = 0
  private(set) var textsWithoutKnownWord = 0
  private(set) var wordCount = 0
  private(set) var unknownCount = 0
  /// The first unknown word.
  private(set) var example: String?

  private let advice: (training: String, test: String)
  private let mostUnknown: Double
  private let unit: String

  init(of texts: [String], by tokeniser: any Tokeniser) {
    unit = tokeniser.unit
    mostUnknown = tokeniser.mostUnknown
    advice = tokeniser.advice
    for text in texts {
      LongWork.pass()
      let words = tokeniser.words(of: text)
      let unknown = words.filter { tokeniser.numbers(of: $0) == [tokeniser.unknown] }
      textCount += 1
      textsWithoutKnownWord += unknown.count == words.count ? 1 : 0
      wordCount += words.count
      unknownCount += unknown.count
      example = example ?? unknown.first
    }
  }

  /// What to say where little of the texts is left: many of their words are unknown, or a quarter of
  /// them have no known word.
  func warning(of split: TextSplit) -> String? {
    let isThin =
      Double(unknownCount) >= mostUnknown * Double(wordCount)
      || 4 * textsWithoutKnownWord >= textCount
    guard isThin, textCount > 0 else { return nil }
    let sample = example.map { ", such as '\($0.legible())'" } ?? ""
    return
      "\(percent(unknownCount, of: wordCount)) of the \(unit)s of the \(split.rawValue) texts are"
      + " unknown\(sample), and \(percent(textsWithoutKnownWord, of: textCount)) of these texts have"
      + " no known \(unit) at all; \(split == .training ? advice.training : advice.test)"
  }

  private func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "0 %" : "\(Int((100 * Double(part) / Double(whole)).rounded())) %"
  }
}

/// Whose words are counted.
enum TextSplit: String {
  case training, test
}
