import Storage

/// Kinetics-Sounds: the classes of Kinetics-400 that can be seen and heard (Arandjelovic and Zisserman, 2017,
/// arXiv 1705.08168, appendix A.1). Clips of ten seconds from YouTube. Sound and film.
public struct KineticsSounds: Sendable {
  /// The folder of sounds, one `<clip>.wav` each; nil: `audio`, or the clips themselves if there is none.
  public var audio: String?
  /// The folder of films or of folders of frames; nil: `Image-01-FPS`, or the folders of the parts.
  public var video: String?
  /// The classes that are wanted, which papers do not agree about.
  public var classes = usualClasses

  /// All of the set, where it usually lies.
  public init() {}

  /// The 31 of the paper's 34 names that Kinetics-400 has, as it spells them.
  static let usualClasses = [
    "blowing nose", "blowing out candles", "bowling", "chopping wood", "dribbling basketball",
    "laughing", "mowing lawn", "playing accordion", "playing bagpipes", "playing bass guitar",
    "playing clarinet", "playing drums", "playing guitar", "playing harmonica", "playing keyboard",
    "playing organ", "playing piano", "playing saxophone", "playing trombone", "playing trumpet",
    "playing violin", "playing xylophone", "ripping paper", "shoveling snow", "shuffling cards",
    "singing", "stomping grapes", "tap dancing", "tapping guitar", "tapping pen", "tickling",
  ]

}

extension KineticsSounds: PublishedSet {
  static let name = "kinetics-sounds"
  static let rule = SplitRule.official
  var media: [Medium] { [.audio, .video] }
  var groupNoun: String { "video" }

  /// The annotation files, their parts here, and the folders in which their clips may lie. Kinetics' own
  /// test part is not used: its clips often come without labels.
  private static let parts = [
    (part: Part.train, files: ["train.csv"], folders: ["train"]),
    (
      part: Part.test, files: ["val.csv", "validate.csv"],
      folders: ["val", "validate", "validation"]
    ),
  ]

  func index(_ folder: SetFolder) throws -> SetIndex {
    var index = SetIndex(classes: classes)
    index.notes.append("Kinetics' train part to train with, its val part to test with")
    for (part, files, folders) in Self.parts {
      let places = files + files.map { "annotations/\($0)" }
      guard let file = folder.first(of: places) else {
        throw FileError(
          folder.path,
          "holds no \(files.joined(separator: " or ")), expected the annotations of Kinetics-400")
      }
      try read(file, folder, part, folders, &index)
    }
    return index
  }

  private func read(
    _ file: String, _ folder: SetFolder, _ part: Part, _ folders: [String], _ index: inout SetIndex
  ) throws {
    let records = try folder.records(file)
    let header = records.first?.fields ?? []
    let columns = try ["label", "youtube_id", "time_start", "time_end"].map { name in
      guard let column = header.firstIndex(of: name) else {
        throw FileError(
          "\(folder[file]):1", "there is no column '\(name)'; the columns are \(quoted(header))")
      }
      return column
    }
    for record in records.dropFirst() {
      let place = "\(folder[file]):\(record.line)"
      guard record.fields.count == header.count else {
        throw FileError(
          place,
          "has \(counted(record.fields.count, "field")), but the header has \(header.count)")
      }
      let (label, video) = (record.fields[columns[0]], record.fields[columns[1]])
      guard index.wants(label) else { continue }
      guard let start = Int(record.fields[columns[2]]), let end = Int(record.fields[columns[3]]),
        (0..<1_000_000).contains(start), (0..<1_000_000).contains(end),
        try /[A-Za-z0-9_\-]{11}/.wholeMatch(in: video) != nil
      else {
        index.leaveOut(oddName: "\(video) \(record.fields[columns[2]])", at: place)
        continue
      }
      let id = "\(video)_\(Self.sixDigits(start))_\(Self.sixDigits(end))"
      // OGM-GE's test list cuts its names so.
      index.name(id, also: "\(video)_\(start)")
      try index.add(
        IndexedSample(
          id: id, label: label, group: video, part: part,
          contents: contents(of: id, label, folders, in: folder), place: place))
    }
  }

  private func contents(
    of id: String, _ label: String, _ folders: [String], in folder: SetFolder
  ) -> [Medium: Content] {
    let classFolders = [label, label.replacing(" ", with: "_")]
    let places = folders.flatMap { part in
      classFolders.map { "\(part)/\($0)/\(id)" } + ["\(part)/\(id)"]
    }
    let clips = places.map { "\($0).mp4" }
    func below(_ name: String, _ endings: [String]) -> [String] {
      (["\(name)/\(id)"] + classFolders.map { "\(name)/\($0)/\(id)" }
        + places.map { "\(name)/\($0)" })
        .flatMap { place in endings.map { place + $0 } }
    }
    let sounds = audio ?? (folder.hasFolder("audio") ? "audio" : nil)
    let films = video ?? (folder.hasFolder("Image-01-FPS") ? "Image-01-FPS" : nil)
    return [
      .audio: .path(sounds.map { below($0, [".wav", ".mp3", ".mp4"]) } ?? clips),
      .video: .path(films.map { below($0, ["", ".mp4"]) } ?? clips),
    ]
  }

  private static func sixDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }
}
