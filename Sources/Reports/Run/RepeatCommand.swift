import Storage

/// The commands that a run can be had again with, as a shell takes them.
struct RepeatCommand {
  /// From the resolved configuration in the run's folder.
  let fromFolder: String
  /// With the words that the run was started with; nil: they are not known.
  let asStarted: String?

  /// The variables of the environment that change bits.
  private static let variables = ["ANTIPHON_LANES", "OPENBLAS_CORETYPE"]

  init(_ run: RunRecord) {
    let words = (run.environment?["command"]?.elements ?? []).compactMap(\.text)
    let isInOneProcess = words.contains("--one-process")
    let settings = Self.variables.compactMap { name in
      run.environment?["variables"]?[name]?.text.map { "\(name)=\(Self.quoted($0)) " }
    }.joined()
    fromFolder =
      settings
      + (["./launch", "train", "\(run.folder)/configuration.yaml"]
      + (isInOneProcess ? ["--one-process"] : [])).map(Self.quoted).joined(separator: " ")
    // Its first word is the program, which ./launch finds by itself.
    asStarted =
      words.count > 1
      ? settings + (["./launch"] + words.dropFirst()).map(Self.quoted).joined(separator: " ") : nil
  }

  /// A word that a shell takes as it is; control characters as numbers in quotation marks of Bash, so that what is
  /// copied does nothing by itself.
  static func quoted(_ word: String) -> String {
    let plain = "-_./=:,+@%"
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(Character(scalar)))
        || plain.unicodeScalars.contains(scalar)
    }
    if isPlain, !word.isEmpty { return word }
    guard word == word.onOneLine() else {
      let bytes = word.utf8.map { byte -> String in
        let isLetter = (0x20..<0x7F).contains(byte) && byte != 0x27 && byte != 0x5C
        let digits = String(byte, radix: 16)
        return isLetter
          ? String(Unicode.Scalar(byte)) : "\\x" + (digits.count < 2 ? "0" : "") + digits
      }
      return "$'\(bytes.joined())'"
    }
    return "'\(word.replacing("'", with: #"'\''"#))'"
  }
}
