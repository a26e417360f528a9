import ArgumentParser
import Preparers

/// `prepare cremad`.
struct PrepareCREMAD: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cremad", abstract: "CREMA-D: actors' voices and faces, 6 emotions.")

  @OptionGroup var options: PrepareOptions
  @OptionGroup var folders: MediaFolders

  func run() throws {
    var set = CREMAD()
    (set.audio, set.video) = (folders.audio, folders.video)
    set.classes = try options.classNames() ?? set.classes
    try options.prepare(.cremad(set), rule: options.rule(drawsAnyway: true))
  }
}

/// `prepare kinetics-sounds`.
struct PrepareKineticsSounds: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kinetics-sounds",
    abstract: "Kinetics-Sounds: clips from YouTube, 31 classes of Kinetics-400.")

  @OptionGroup var options: PrepareOptions
  @OptionGroup var folders: MediaFolders

  func run() throws {
    var set = KineticsSounds()
    (set.audio, set.video) = (folders.audio, folders.video)
    set.classes = try options.classNames() ?? set.classes
    try options.prepare(.kineticsSounds(set), rule: options.rule(drawsAnyway: false))
  }
}

/// `prepare food101`.
struct PrepareFood101: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "food101", abstract: "UPMC Food-101: pictures and titles of web pages, 101 dishes."
  )

  @OptionGroup var options: PrepareOptions

  @Option(
    help: .init(
      "Where titles are: csv, jsonl or files; the first that is there.", valueName: "form"))
  var texts: Food101.Titles?

  @Flag(help: "Cleans titles as MMBT's authors do: no marks, small letters.")
  var cleanTexts = false

  func run() throws {
    var set = Food101()
    (set.titles, set.cleansTexts) = (texts, cleanTexts)
    set.classes = try options.classNames()
    try options.prepare(.food101(set), rule: options.rule(drawsAnyway: false))
  }
}

/// `prepare mvsa`.
struct PrepareMVSA: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mvsa",
    abstract: "MVSA-Single and MVSA-Multiple: tweets with pictures, 3 sentiments.")

  @OptionGroup var options: PrepareOptions

  @Option(
    help: .init(
      "Of a tweet's two labels: agree (both are the same) or merge (neutral gives way).",
      valueName: "rule"))
  var labelRule = MVSA.LabelRule.agree

  func run() throws {
    var set = MVSA()
    set.rule = labelRule
    set.classes = try options.classNames() ?? set.classes
    try options.prepare(.mvsa(set), rule: options.rule(drawsAnyway: true))
  }
}

/// `prepare iemocap`.
struct PrepareIEMOCAP: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "iemocap",
    abstract: "IEMOCAP: dialogues of ten actors with transcripts, 4 emotions.")

  @OptionGroup var options: PrepareOptions

  @Option(help: .init("The session to test with, 1 to 5 (5).", valueName: "n"))
  var testSession: Int?

  @Option(
    help: .init("What is kept together: session, speaker or dialogue.", valueName: "group"))
  var groupBy = IEMOCAP.Grouping.session

  @Flag(help: "Leaves out excited turns, which else count as happy ones.")
  var withoutExcited = false

  @Option(
    help: .init(
      "The half of the picture, for the manifest: both, left, right, f-left, m-left.",
      valueName: "half"))
  var half = IEMOCAP.Half.both

  @Option(
    help: .init("A folder with frames or a film of each turn.", valueName: "dir"),
    completion: .directory)
  var video: String?

  @Option(
    help: .init(
      "A folder with a picture of each turn, or with frames of it, of which the middle one is taken.",
      valueName: "dir"), completion: .directory)
  var image: String?

  func validate() throws {
    guard let testSession else { return }
    guard (1...5).contains(testSession) else {
      throw ValidationError("--test-session: found \(testSession), expected 1 to 5")
    }
    guard groupBy == .session, options.split.isEmpty, !options.grouped else {
      throw ValidationError("--test-session excludes --split, --grouped and other --group-by")
    }
  }

  func run() throws {
    var set = IEMOCAP()
    (set.grouping, set.countsExcited, set.half) = (groupBy, !withoutExcited, half)
    (set.video, set.image) = (video, image)
    set.classes = try options.classNames() ?? set.classes
    // A session is held out as a whole; of other groups, some are drawn.
    let drawn = try options.rule(drawsAnyway: groupBy != .session)
    try options.prepare(
      .iemocap(set), rule: drawn ?? testSession.map { .held(["\($0)"]) })
  }
}

/// Where sound and film are, if not where they usually are.
struct MediaFolders: ParsableArguments {
  @Option(
    help: .init("The folder of the sounds, below the set's or absolute.", valueName: "dir"),
    completion: .directory)
  var audio: String?

  @Option(
    help: .init(
      "The folder of the films, or of a folder of frames each, below the set's or absolute.",
      valueName: "dir"), completion: .directory)
  var video: String?
}

extension Food101.Titles: ExpressibleByArgument {}
extension MVSA.LabelRule: ExpressibleByArgument {}
extension IEMOCAP.Grouping: ExpressibleByArgument {}
extension IEMOCAP.Half: ExpressibleByArgument {}
