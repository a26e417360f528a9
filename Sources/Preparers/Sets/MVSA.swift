import Storage

/// MVSA-Single and MVSA-Multiple: tweets with a picture, labelled by one or by three people (Niu et al., 2016,
/// mcrlab.net). Picture and text.
public struct MVSA: Sendable {
  /// What becomes of the two labels of a tweet, its text's and its picture's.
  public enum LabelRule: String, CaseIterable, Sendable {
    /// Both say the same, or the tweet is left out: the authors of MLA and of QMF.
    case agree
    /// The one that is not neutral wins; positive against negative is left out: most papers on sentiment.
    case merge
  }

  /// The rule.
  public var rule = LabelRule.agree
  /// The classes that are wanted.
  public var classes = names

  /// All of the set.
  public init() {}

  static let names = ["negative", "neutral", "positive"]

}

extension MVSA: PublishedSet {
  static let name = "mvsa"
  static let rule = SplitRule.groups(share: usualTestShare, seed: 0)
  var media: [Medium] { [.image, .text] }
  var groupNoun: String { "tweet" }

  func index(_ folder: SetFolder) throws -> SetIndex {
    let file = "labelResultAll.txt"
    guard folder.has(file) else {
      throw FileError(
        folder.path, "holds no \(file), expected the folder of MVSA, with data beside it")
    }
    var index = SetIndex(classes: classes)
    var tweets: [String: String] = [:]
    var annotators: Int?
    for line in try TextLine.lines(of: folder.text(file)) {
      let place = "\(folder[file]):\(line.number)"
      let fields = line.fields(at: "\t").map(\.trimmed).filter { !$0.isEmpty }
      if line.number == 1, fields.first == "ID" { continue }
      guard fields.count == 2 || fields.count == 4,
        fields.count - 1 == annotators ?? fields.count - 1
      else {
        throw FileError(
          place,
          "has \(counted(fields.count, "field")), expected \((annotators.map { "\($0 + 1)" } ?? "2 or 4")):"
            + " an id, and 'text,image' of each annotator")
      }
      annotators = fields.count - 1
      let id = fields[0]
      guard let number = Int(id), number >= 0, String(number) == id else {
        index.leaveOut(oddName: id, at: place)
        continue
      }
      switch try verdict(fields.dropFirst().map { try pair($0, place) }) {
      case .dropped(let reason): index.drop(reason)
      case .label(let label) where !index.wants(label): index.drop("class \(label) is not wanted")
      case .label(let label):
        try index.add(
          IndexedSample(
            id: id, label: label, group: group(of: id, folder, &tweets), part: nil,
            contents: [
              .image: .path(["data/\(id).jpg"]), .text: .textFile(["data/\(id).txt"]),
            ], place: place))
      }
    }
    index.notes.append(
      "MVSA-\(annotators == 3 ? "Multiple" : "Single"), labels by the rule '\(rule.rawValue)'")
    return index
  }

  private enum Verdict {
    case label(String)
    case dropped(String)
  }

  private typealias Pair = (text: String, image: String)

  private func pair(_ field: String, _ place: String) throws -> Pair {
    let labels = field.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0).trimmed
    }
    guard labels.count == 2, labels.allSatisfy(Self.names.contains) else {
      throw FileError(
        place,
        "the labels are '\(field.legible())', expected two of positive, neutral and negative with a"
          + " comma between them")
    }
    return (labels[0], labels[1])
  }

  private func verdict(_ pairs: [Pair]) -> Verdict {
    guard let text = Self.majority(pairs.map(\.text)), let image = Self.majority(pairs.map(\.image))
    else { return .dropped("annotators have no majority") }
    if text == image { return .label(text) }
    if rule == .merge {
      if text == "neutral" { return .label(image) }
      if image == "neutral" { return .label(text) }
    }
    return .dropped("text and picture are labelled otherwise")
  }

  /// What more than half of the annotators say.
  private static func majority(_ labels: [String]) -> String? {
    labels.first { label in 2 * labels.count { $0 == label } > labels.count }
  }

  /// The id of the first tweet that says the same as this one: tweets are repeated.
  private func group(
    of id: String, _ folder: SetFolder, _ tweets: inout [String: String]
  ) -> String {
    let path = folder["data/\(id).txt"]
    let bytes = (try? NamedFile.read(path)) ?? []
    guard let saying = TextDecoding.text(of: bytes)?.saying, !saying.isEmpty else { return id }
    if let first = tweets[saying] { return first }
    tweets[saying] = id
    return id
  }
}
