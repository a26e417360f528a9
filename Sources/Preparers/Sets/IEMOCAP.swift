import Storage

/// IEMOCAP: dialogues of ten actors in five sessions, cut into turns with an emotion each (Busso et al., 2008;
/// sail.usc.edu/iemocap). Sound, film and transcript.
public struct IEMOCAP: Sendable {
  /// Which turns are alike.
  public enum Grouping: String, CaseIterable, Sendable {
    /// Two actors and all that they say to each other.
    case session
    /// One actor; the other one of the session answers in the same dialogues.
    case speaker
    case dialogue
  }

  /// Which half of the picture a turn looks at. Two actors sit side by side, and the set's files do not say
  /// who sits where.
  public enum Half: String, CaseIterable, Sendable {
    case both, left, right
    /// Speakers `F` sit on the left, `M` on the right.
    case fLeft = "f-left"
    /// The other way round.
    case mLeft = "m-left"

    /// The half for a speaker.
    func half(of speaker: Substring) -> String {
      switch self {
      case .both, .left, .right: rawValue
      case .fLeft: speaker == "F" ? "left" : "right"
      case .mLeft: speaker == "M" ? "left" : "right"
      }
    }
  }

  /// Which turns are alike.
  public var grouping = Grouping.session
  /// Whether excited turns are happy ones, as in most papers of four classes.
  public var countsExcited = true
  /// Which half of the picture turns look at.
  public var half = Half.both
  /// The folder of films or of folders of frames, one a turn; nil: whole dialogues.
  public var video: String?
  /// The folder of pictures, one a turn, or a folder of frames of which the middle one is meant; nil: there are
  /// no pictures.
  public var image: String?
  /// The classes that are wanted.
  public var classes = names

  /// All of the set.
  public init() {}

  static let names = ["Angry", "Happy", "Neutral", "Sad"]

}

extension IEMOCAP: PublishedSet {
  static let name = "iemocap"
  static let rule = SplitRule.held(["5"])
  var media: [Medium] {
    // Films of whole dialogues are of no use beside pictures of single turns.
    let seen: [Medium] = image == nil ? [.video] : video == nil ? [.image] : [.image, .video]
    return [.audio] + seen + [.text]
  }
  var groupNoun: String { grouping.rawValue }

  func index(_ folder: SetFolder) throws -> SetIndex {
    let release =
      folder.hasFolder("Session1") || !folder.hasFolder("IEMOCAP_full_release")
      ? "" : "IEMOCAP_full_release/"
    let sessions = (1...5).filter { folder.hasFolder("\(release)Session\($0)") }
    guard !sessions.isEmpty else {
      throw FileError(
        folder.path, "holds no folder Session1 to Session5, expected IEMOCAP_full_release")
    }
    var index = SetIndex(classes: classes)
    if sessions.count < 5 {
      index.notes.append("only \(counted(sessions.count, "session")) of 5: \(sessions)")
    }
    for session in sessions { try read("\(release)Session\(session)", session, folder, &index) }
    return index
  }

  /// Reads the labels of a session; files whose names begin with a dot are macOS's.
  private func read(
    _ place: String, _ session: Int, _ folder: SetFolder, _ index: inout SetIndex
  ) throws {
    let labels = "\(place)/dialog/EmoEvaluation"
    guard folder.hasFolder(labels) else {
      throw FileError(folder[labels], "no such folder, expected the labels of session \(session)")
    }
    for file in try folder.names(in: labels) where file.hasSuffix(".txt") {
      let dialogue = String(file.dropLast(4))
      guard try /Ses0[1-5][FM]_(?:impro\d\d[ab]?|script\d\d_\d[b]?)/.wholeMatch(in: dialogue) != nil
      else {
        index.leaveOut(oddName: file, at: folder["\(labels)/\(file)"])
        continue
      }
      let texts = try transcript("\(place)/dialog/transcriptions/\(file)", folder)
      let path = folder["\(labels)/\(file)"]
      let lines = TextDecoding.westernText(of: try NamedFile.read(path))
      for line in try TextLine.lines(of: lines) where line.text.hasPrefix("[") {
        let turn = try IEMOCAPTurn(line, at: "\(path):\(line.number)")
        try add(turn, dialogue, session, place, texts[turn.name], folder, &index)
      }
    }
  }

  private func add(
    _ turn: IEMOCAPTurn, _ dialogue: String, _ session: Int, _ place: String, _ text: String?,
    _ folder: SetFolder, _ index: inout SetIndex
  ) throws {
    let rest = turn.name.dropFirst(dialogue.count)
    guard turn.name.hasPrefix(dialogue), let match = try /_([FM])\d{3}/.wholeMatch(in: rest) else {
      index.leaveOut(oddName: turn.name, at: turn.place)
      return
    }
    guard let label = className(turn.code) else {
      index.drop("emotion \(turn.code)")
      return
    }
    guard index.wants(label) else {
      index.drop("class \(label) is not wanted")
      return
    }
    let group =
      switch grouping {
      case .session: "\(session)"
      case .speaker: "\(session)\(match.1)"
      case .dialogue: dialogue
      }
    let film =
      video.map { folder in
        let places = ["\(folder)/\(turn.name)", "\(folder)/\(dialogue)/\(turn.name)"]
        return Content.path(places.flatMap { place in ["", ".mp4", ".avi"].map { place + $0 } })
      }
      ?? .path(
        ["\(place)/dialog/avi/DivX/\(dialogue).avi"],
        cut: Cut(start: turn.start, end: turn.end, half: half.half(of: match.1)))
    var contents: [Medium: Content] = [
      .audio: .path(["\(place)/sentences/wav/\(dialogue)/\(turn.name).wav"]), .video: film,
      .text: .text(text ?? ""),
    ]
    contents[.image] = image.map { folder in
      .path(["", ".jpg", ".png"].map { "\(folder)/\(turn.name)\($0)" })
    }
    try index.add(
      IndexedSample(
        id: turn.name, label: label, group: group, part: nil, contents: contents,
        place: turn.place))
  }

  private func className(_ code: String) -> String? {
    switch code {
    case "ang": "Angry"
    case "hap": "Happy"
    case "exc": countsExcited ? "Happy" : nil
    case "neu": "Neutral"
    case "sad": "Sad"
    default: nil
    }
  }

  /// What is said in each turn of a dialogue; nothing where there is no transcript.
  private func transcript(_ file: String, _ folder: SetFolder) throws -> [String: String] {
    guard folder.has(file) else { return [:] }
    let text = TextDecoding.westernText(of: try NamedFile.read(folder[file]))
    var turns: [String: String] = [:]
    for line in try TextLine.lines(of: text) {
      // `Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.`: at the first mark, for words may have others.
      guard let mark = line.text.firstRange(of: "]:"),
        let blank = line.text.firstIndex(of: " "), blank < mark.lowerBound
      else { continue }
      turns[String(line.text[..<blank])] = String(line.text[mark.upperBound...]).trimmed
    }
    return turns
  }
}
