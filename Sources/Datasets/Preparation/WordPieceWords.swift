import Foundation

/// How BERT parts a text into words before it looks for their pieces: at white space and around
/// punctuation and Chinese characters (`BasicTokenizer`, Devlin et al., 2019).
///
/// Everything here goes by Unicode scalars; Swift's characters are clusters of them.
struct WordPieceWords: Sendable {
  /// Whether words are lower-cased and lose their accents.
  let ignoresCase: Bool

  /// The words of a text, each punctuation mark a word of its own.
  func split(_ text: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    func end() {
      if !word.isEmpty { words += parts(of: String(word)) }
      word = .init()
    }
    for scalar in text.unicodeScalars {
      switch role(of: scalar) {
      case .part: word.append(scalar)
      case .blank: end()
      case .nothing: break
      case .alone:
        end()
        words += parts(of: String(scalar))
      }
    }
    end()
    return words
  }

  /// What lies between blanks, normalised, and cut at punctuation.
  private func parts(of word: String) -> [String] {
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    for scalar in normalised(word).unicodeScalars {
      if isPunctuation(scalar) {
        if !part.isEmpty { parts.append(String(part)) }
        parts.append(String(scalar))
        part = .init()
      } else {
        part.append(scalar)
      }
    }
    if !part.isEmpty { parts.append(String(part)) }
    return parts
  }

  private func normalised(_ word: String) -> String {
    guard ignoresCase else { return word }
    let lower = word.lowercased()
    if lower.utf8.allSatisfy({ $0 < 0x80 }) { return lower }
    let scalars = lower.decomposedStringWithCanonicalMapping.unicodeScalars
    return String(
      String.UnicodeScalarView(
        scalars.filter { $0.properties.generalCategory != .nonspacingMark }))
  }

  private enum Role { case part, blank, nothing, alone }

  private func role(of scalar: Unicode.Scalar) -> Role {
    switch scalar.value {
    case 0x09, 0x0a, 0x0d, 0x20: return .blank
    case 0x21..<0x7f: return .part
    case 0xfffd: return .nothing
    case 0x4e00...0x9fff, 0x3400...0x4dbf, 0x20000...0x2a6df, 0x2a700...0x2b73f, 0x2b740...0x2b81f,
      0x2b820...0x2ceaf, 0xf900...0xfaff, 0x2f800...0x2fa1f:
      return .alone
    default: break
    }
    switch scalar.properties.generalCategory {
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .blank
    case .control, .format, .surrogate, .privateUse, .unassigned: return .nothing
    default: return .part
    }
  }

  /// Category P, and all signs of ASCII, whatever Unicode calls them.
  private func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 33...47, 58...64, 91...96, 123...126: return true
    case ..<128: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }
}
