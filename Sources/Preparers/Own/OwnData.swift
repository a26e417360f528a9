import Datasets
import Storage
import Tensors

/// Somebody's own data: found, checked, split, and written as manifests with a configuration.
///
/// Five ways in which data lie are understood: arrays with labels; a folder of media for each class; sounds or
/// pictures with a table; a table with texts and with columns that name files; media of several kinds that share
/// their names. Nothing is written until `write`.
public struct OwnData {
  /// What people decide where the files leave it open.
  public struct Options: Sendable {
    /// The column of a table that holds the classes; nil: the one that looks like it.
    public var label: String?
    /// The column that says what belongs together; nil: one of the usual names, if there is one.
    public var group: String?
    /// The share of the samples, or of the groups, that is drawn to test with.
    public var testShare = 0.2
    /// The seed of that draw.
    public var seed: UInt64 = 0

    /// The usual choices.
    public init() {}
  }

  /// What there is of a sample in one modality.
  enum Content: Equatable {
    /// A file, absolute.
    case file(String)
    case text(String)
    /// A row of an array.
    case row(Int)
  }

  struct Sample {
    var id: String
    var label: String
    var group: String?
    /// The part that names of files, folders or a column say; nil: it is to be drawn.
    var part: Part?
    /// By the modality's name.
    var contents: [String: Content]
  }

  struct Modality {
    enum Kind: Equatable {
      case images, audio, text
      /// Of a shape, in one file or in one of each part.
      case arrays(shape: [Int], values: [Part: String])
    }

    let name: String
    let kind: Kind
  }

  /// A file that is of no use.
  public struct LeftOut: Equatable, Sendable {
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let problem: String
  }

  private(set) var samples: [Sample] = []
  private(set) var modalities: [Modality] = []
  private(set) var classes: [String] = []
  /// Files of no use.
  public private(set) var leftOut: [LeftOut] = []
  /// What there is to say of what was found, a line each.
  public private(set) var remarks: [String] = []
  /// How the test part came about, as a sentence.
  public private(set) var splitSentence = ""
  var measures: [String: OwnMeasures] = [:]

  /// Looks at files and folders.
  ///
  /// - Throws: `FileError` where they cannot be read, or leave something open that an option decides.
  public init(_ paths: [String], options: Options = Options()) throws {
    let files = try OwnFiles(paths)
    let place = paths.joined(separator: ", ")
    let media = files.files.filter { [.image, .sound, .text].contains($0.kind) }
    var found: OwnFindings
    if !files.of(.array).isEmpty {
      guard !media.contains(where: { $0.kind != .text }) else {
        throw FileError(
          place, "holds arrays beside pictures or sounds; name the folder of one of them")
      }
      found = try OwnArrays(files.files, place: place).findings()
    } else if let table = try OwnTable.read(files.of(.table), options, place: place) {
      found = try table.findings(media, options, place: place)
    } else {
      found = try OwnFolders(media, place: place).findings(groups: nil)
    }
    if files.otherCount > 0 {
      found.remarks.append(
        files.otherCount == 1
          ? "1 file of another kind was not looked at"
          : "\(files.otherCount) files of other kinds were not looked at")
    }
    remarks = found.remarks
    modalities = found.modalities
    try check(&found.samples, place)
    try name(&found.samples, place)
    (samples, splitSentence) = try OwnSplit(options).divide(found.samples, place: place)
    for modality in modalities {
      measures[modality.name] = OwnMeasures(modality, samples)
    }
  }

  /// Takes out files that are of no use, then samples and modalities of which nothing is left.
  private mutating func check(_ samples: inout [Sample], _ place: String) throws {
    for index in samples.indices {
      for modality in modalities {
        guard let content = samples[index].contents[modality.name] else { continue }
        try LongWork.step()
        switch (content, modality.kind) {
        case (.file(let path), .text): samples[index].contents[modality.name] = text(of: path)
        case (.file(let path), .images):
          if !isFine(path, PictureCheck.check) { samples[index].contents[modality.name] = nil }
        case (.file(let path), .audio):
          if !isFine(path, SoundCheck.check) { samples[index].contents[modality.name] = nil }
        case (.text(let text), _) where text.trimmed.isEmpty:
          samples[index].contents[modality.name] = nil
        default: break
        }
      }
    }
    samples.removeAll { $0.contents.isEmpty }
    let held = Set(samples.flatMap(\.contents.keys))
    modalities.removeAll { !held.contains($0.name) }
    guard !samples.isEmpty else {
      let first = leftOut.first.map {
        "; the first of \(counted(leftOut.count, "file")): \($0.path) \($0.problem)"
      }
      throw FileError(place, "holds nothing that can be trained on\(first ?? "")")
    }
  }

  private mutating func text(of path: String) -> Content? {
    do {
      if let text = TextDecoding.text(of: try InputFile.read(path)) { return .text(text.trimmed) }
      leftOut.append(LeftOut(path: path, problem: "is text neither in UTF-8 nor in GB18030"))
    } catch {
      leftOut.append(LeftOut(path: path, problem: Self.problem(error)))
    }
    return nil
  }

  private mutating func isFine(_ path: String, _ check: (String) throws -> Void) -> Bool {
    do {
      try check(path)
      return true
    } catch {
      leftOut.append(LeftOut(path: path, problem: Self.problem(error)))
      return false
    }
  }

  private static func problem(_ error: any Error) -> String {
    switch error {
    case let error as BrokenMedium: error.problem
    case let error as FileError: error.problem
    default: "\(error)"
    }
  }

  /// Names the classes so that no name is the number of another one.
  private mutating func name(_ samples: inout [Sample], _ place: String) throws {
    let labels = Set(samples.map(\.label))
    guard labels.count > 1 else {
      throw FileError(
        place,
        "has samples of one class alone, '\(labels.first?.legible() ?? "")'; two or more are needed"
      )
    }
    if let odd = labels.first(where: { $0.onOneLine() != $0 }) {
      throw FileError(
        place,
        "has the class '\(odd.legible())', whose name holds characters that no line can show; rename it"
      )
    }
    let numbers = labels.compactMap { Int($0) }.sorted()
    if numbers == Array(0..<labels.count) {
      classes = numbers.map(String.init)
      return
    }
    if !numbers.isEmpty {
      remarks.append("classes that are numbers, but not 0, 1, 2 …, are called class_NUMBER")
      for index in samples.indices where Int(samples[index].label) != nil {
        samples[index].label = "class_\(samples[index].label)"
      }
    }
    classes = Set(samples.map(\.label)).sorted { $0.precedes($1) }
  }
}

/// What one of the readers has found.
struct OwnFindings {
  var samples: [OwnData.Sample] = []
  var modalities: [OwnData.Modality] = []
  var remarks: [String] = []
}
