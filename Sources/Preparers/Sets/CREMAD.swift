import Storage

/// CREMA-D: 7,442 clips of 91 actors who say one of 12 sentences in one of 6 emotions (Cao et al., 2014;
/// github.com/CheyneyComputerScience/CREMA-D). Sound and film.
///
/// The class is the emotion that was asked of the actor; votes of listeners are not used.
public struct CREMAD: Sendable {
  /// The folder of sounds; nil: `AudioWAV`, or `AudioMP3` if there is none.
  public var audio: String?
  /// The folder of films or of folders of frames; nil: `Image-01-FPS`, or `VideoFlash` if there is none.
  public var video: String?
  /// The classes that are wanted.
  public var classes = codes.map(\.name)

  /// All of the set, where it usually lies.
  public init() {}

  /// The codes of emotions in file names, and the names of MLA's lists for them.
  static let codes: [(code: String, name: String)] = [
    ("ANG", "Anger"), ("DIS", "Disgust"), ("FEA", "Fear"), ("HAP", "Happy"),
    ("NEU", "Neutral"), ("SAD", "Sad"),
  ]

  /// Clips that the authors' README calls broken.
  static let knownProblems = [
    "1064_IEO_DIS_MD": "FLV and MP3 last a minute and hold all emotions; the WAV is right",
    "1064_TIE_SAD_XX": "FLV and MP3 have no duration",
    "1076_MTI_NEU_XX": "FLV and MP3 are very short and have no sound; the WAV is right",
    "1076_MTI_SAD_XX": "the film shows an error and no face, and the sound is silent",
  ]

}

extension CREMAD: PublishedSet {
  static let name = "cremad"
  static let rule = SplitRule.groups(share: usualTestShare, seed: 0)
  var media: [Medium] { [.audio, .video] }
  var groupNoun: String { "actor" }

  func index(_ folder: SetFolder) throws -> SetIndex {
    var index = SetIndex(classes: classes)
    let sounds = audio ?? folder.first(of: ["AudioWAV", "AudioMP3"]) ?? "AudioWAV"
    let films = video ?? folder.first(of: ["Image-01-FPS", "VideoFlash"]) ?? "VideoFlash"
    let (stems, source) = try stems(in: folder, sounds: sounds)
    index.notes.append("listed by \(source); sound from \(sounds), film from \(films)")
    for (stem, place) in stems {
      guard
        let match = try /([0-9]{4})_[A-Z]{3}_([A-Z]{3})_(?:LO|MD|HI|XX)/.wholeMatch(in: stem),
        let label = className(String(match.2), in: index)
      else {
        index.leaveOut(oddName: stem, at: place)
        continue
      }
      guard index.wants(label) else {
        index.drop("class \(label) is not wanted")
        continue
      }
      try index.add(
        IndexedSample(
          id: stem, label: label, group: String(match.1), part: nil,
          contents: [
            .audio: .path(["\(sounds)/\(stem).wav", "\(sounds)/\(stem).mp3"]),
            .video: .path(["\(films)/\(stem)", "\(films)/\(stem).flv", "\(films)/\(stem).mp4"]),
          ], place: place))
    }
    for (id, problem) in Self.knownProblems.sorted(by: { $0.key.precedes($1.key) })
    where index.sample(named: id) != nil {
      index.notes.append("\(id), which is kept: \(problem) (the authors' README)")
    }
    return index
  }

  func className(_ listed: String, in index: SetIndex) -> String? {
    Self.codes.first { $0.code == listed || $0.name == listed }?.name
  }

  /// The names of all clips, and what lists them: the set's table, else the sounds themselves.
  private func stems(
    in folder: SetFolder, sounds: String
  ) throws -> (stems: [(name: String, place: String)], source: String) {
    let table = "SentenceFilenames.csv"
    if folder.has(table) {
      let records = try folder.records(table)
      guard let column = records.first?.fields.firstIndex(of: "Filename") else {
        throw FileError(
          "\(folder[table]):1",
          "there is no column 'Filename'; the columns are \(quoted(records.first?.fields ?? []))")
      }
      let stems = try records.dropFirst().map { record in
        let place = "\(folder[table]):\(record.line)"
        guard record.fields.count > column else {
          throw FileError(
            place, "has \(counted(record.fields.count, "field")), expected \(column + 1)")
        }
        return (name: record.fields[column], place: place)
      }
      return (stems, table)
    }
    guard folder.hasFolder(sounds) else {
      throw FileError(
        folder.path,
        "holds neither \(table) nor a folder \(sounds), expected the folder of CREMA-D, in which"
          + " AudioWAV and VideoFlash lie")
    }
    let stems = try folder.names(in: sounds).map { file in
      (name: SplitList.stem(file), place: folder["\(sounds)/\(file)"])
    }
    return (stems, "the names in \(sounds), since there is no \(table)")
  }
}
