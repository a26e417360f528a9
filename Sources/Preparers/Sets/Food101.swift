import Storage

/// UPMC Food-101: pictures from web pages about 101 dishes, with the pages' titles (Wang et al., 2015). Not
/// ETHZ's set of that name. Picture and text.
public struct Food101: Sendable {
  /// Where titles are.
  public enum Titles: String, CaseIterable, Sendable {
    /// `texts/train_titles.csv` and `texts/test_titles.csv`.
    case csv
    /// `train.jsonl`, `dev.jsonl`, `test.jsonl` (MMBT, QMF).
    case jsonl
    /// `texts_txt/<class>/<sample>.txt`, and the folders of pictures say what there is.
    case files
  }

  /// The form of the titles; nil: the first that is there.
  public var titles: Titles?
  /// The classes that are wanted; nil: the 101 folders of pictures.
  public var classes: [String]?
  /// Whether texts are cleaned as MMBT's authors do.
  public var cleansTexts = false

  /// All of the set, in the form in which it is there.
  public init() {}
}

extension Food101: PublishedSet {
  static let name = "food101"
  static let rule = SplitRule.official
  var media: [Medium] { [.image, .text] }
  var groupNoun: String { "page" }

  func index(_ folder: SetFolder) throws -> SetIndex {
    var index = SetIndex(classes: try classes ?? classNames(folder))
    switch try titles ?? form(folder) {
    case .csv: try readTables(folder, &index)
    case .jsonl: try readObjects(folder, &index)
    case .files: try readFiles(folder, &index)
    }
    return index
  }

  private func form(_ folder: SetFolder) throws -> Titles {
    if folder.has("texts/train_titles.csv") { return .csv }
    if folder.has("train.jsonl") { return .jsonl }
    if folder.hasFolder("texts_txt") { return .files }
    throw FileError(
      folder.path,
      "holds none of texts/train_titles.csv, train.jsonl and texts_txt, expected the titles of UPMC"
        + " Food-101")
  }

  /// The classes are the folders of pictures, all of them.
  private func classNames(_ folder: SetFolder) throws -> [String] {
    let names = try folder.names(in: "images/train").filter {
      folder.hasFolder("images/train/\($0)")
    }
    guard Set(names).count == 101 else {
      throw FileError(
        folder["images/train"],
        "holds \(counted(names.count, "folder")), expected the 101 classes; --classes FILE names those"
          + " that are wanted")
    }
    return names
  }

  /// Three columns without a header, or with one: a file's name, its title, its class.
  private func readTables(_ folder: SetFolder, _ index: inout SetIndex) throws {
    for part in [Part.train, .test] {
      let file = "texts/\(part.rawValue)_titles.csv"
      for record in try folder.records(file) {
        let place = "\(folder[file]):\(record.line)"
        guard record.fields.count == 3 else {
          throw FileError(
            place,
            "has \(counted(record.fields.count, "field")), expected 3: the file's name, the title, the"
              + " class")
        }
        let (name, title, label) = (record.fields[0], record.fields[1], record.fields[2])
        if ["filename", "Image_path"].contains(name), label == "label" { continue }
        try add(
          name, label, .text(clean(title)), image: "images/\(part.rawValue)/\(label)/\(name)", part,
          place, &index)
      }
    }
  }

  private func readObjects(_ folder: SetFolder, _ index: inout SetIndex) throws {
    for part in Part.allCases {
      let file = "\(part.rawValue).jsonl"
      guard part != .dev || folder.has(file) else { continue }
      for line in try JSONLine.lines(of: folder.text(file), file: folder[file]) {
        let image = try line.needed("img")
        try add(
          String(image.split(separator: "/").last ?? ""), line.needed("label"),
          .text(clean(line.needed("text"))), image: image, part, line.place, &index)
      }
    }
  }

  private func readFiles(_ folder: SetFolder, _ index: inout SetIndex) throws {
    index.notes.append("listed by the names in images, since no file lists the samples")
    for part in [Part.train, .test] {
      for label in index.classes {
        let place = "images/\(part.rawValue)/\(label)"
        guard folder.hasFolder(place) else { continue }
        for name in try folder.names(in: place) {
          let text = "texts_txt/\(label)/\(SplitList.stem(name)).txt"
          try add(
            name, label, .textFile([text], isCleaned: cleansTexts), image: "\(place)/\(name)", part,
            folder[place], &index)
        }
      }
    }
  }

  private func add(
    _ name: String, _ label: String, _ text: Content, image: String, _ part: Part, _ place: String,
    _ index: inout SetIndex
  ) throws {
    guard index.wants(label) else {
      index.drop("class \(label) is not wanted")
      return
    }
    let stem = SplitList.stem(name)
    let number = stem.dropFirst(label.count)
    guard stem.hasPrefix(label), let match = try /(_\d+)(?:-\d+)?/.wholeMatch(in: number) else {
      index.leaveOut(oddName: name, at: place)
      return
    }
    // Pictures of one page are `french_toast_320-5` and the like.
    try index.add(
      IndexedSample(
        id: stem, label: label, group: label + match.1, part: part,
        contents: [.image: .path([image]), .text: text], place: place))
  }

  private func clean(_ title: String) -> String {
    cleansTexts ? title.cleanedAsMMBT : title.trimmed
  }
}
