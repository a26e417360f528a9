import Storage

/// Media whose folders say what they are: a folder for each class, perhaps below one for each part
/// (`train`, `test`) or each kind (`images`, `audio`, `text`); files of one name belong together.
struct OwnFolders {
  private let media: [OwnFile]
  private let place: String

  init(_ media: [OwnFile], place: String) throws {
    (self.media, self.place) = (media, place)
    guard !media.isEmpty else {
      throw FileError(
        place,
        "holds no pictures (JPEG, PNG, WebP), sounds, texts (.txt), tables (.csv) or arrays (.npy, .npz)"
      )
    }
  }

  /// Where a file stands: its part, its class, and the name that it shares with others of its sample.
  struct Position {
    var part: Part?
    var label: String?
    var id: String
  }

  static func position(of file: OwnFile) -> Position {
    var folders = file.folders
    var position = Position(id: file.stem)
    if let index = folders.prefix(2).firstIndex(where: { part(named: $0) != nil }) {
      position.part = part(named: folders.remove(at: index))
    }
    if let index = folders.firstIndex(where: { kind(named: $0) == file.kind }) {
      folders.remove(at: index)
    }
    position.label = folders.first?.trimmed
    position.id = (folders + [file.stem]).map(\.trimmed).joined(separator: "/")
    return position
  }

  /// The part that a folder, a file or a value of a column names.
  static func part(named name: String) -> Part? {
    switch name.lowercased() {
    case "train", "training": .train
    case "val", "valid", "validation", "dev": .dev
    case "test", "testing", "eval", "evaluation": .test
    default: nil
    }
  }

  private static func kind(named name: String) -> OwnFile.Kind? {
    switch name.lowercased() {
    case "image", "images", "img", "imgs", "picture", "pictures", "photo", "photos": .image
    case "audio", "sound", "sounds", "speech", "voice", "wav", "wavs": .sound
    case "text", "texts", "txt", "transcript", "transcripts", "caption", "captions": .text
    default: nil
    }
  }

  /// The samples that the folders make.
  ///
  /// - Parameter groups: what belongs together, by id, by name of file or by its stem; nil: unknown.
  func findings(groups: [String: String]?) throws -> OwnFindings {
    var samples: [String: OwnData.Sample] = [:]
    var found = OwnFindings()
    var doubles: [String] = []
    for file in media {
      let position = Self.position(of: file)
      guard let label = position.label, !label.isEmpty else {
        throw FileError(
          file.path,
          "stands in no folder of a class; put each class into a folder, or a table (.csv) with the columns id and label beside the files"
        )
      }
      let name = OwnModalities.name(of: file.kind)
      // The same name in two parts is two samples.
      let id = [position.part?.rawValue, position.id].compactMap { $0 }.joined(separator: "/")
      var sample =
        samples[id]
        ?? OwnData.Sample(
          id: id, label: label, group: nil, part: position.part, contents: [:])
      if let groups {
        sample.group = groups[position.id] ?? groups[file.stem] ?? groups[file.name]
      }
      if sample.contents[name] == nil {
        sample.contents[name] = .file(file.path)
      } else {
        doubles.append(file.path)
      }
      samples[id] = sample
    }
    if let first = doubles.first {
      found.remarks.append(
        "left out: \(counted(doubles.count, "file")) with the name and kind of another of the same sample, the first: \(first)"
      )
    }
    found.samples = samples.values.sorted { $0.id.precedes($1.id) }
    found.modalities = OwnModalities.of(media.map(\.kind))
    return found
  }
}

/// The modalities that media make.
enum OwnModalities {
  static func name(of kind: OwnFile.Kind) -> String {
    switch kind {
    case .image: "image"
    case .sound: "audio"
    default: "text"
    }
  }

  static func of(_ kinds: [OwnFile.Kind]) -> [OwnData.Modality] {
    let kinds = Set(kinds)
    let all: [(OwnFile.Kind, OwnData.Modality.Kind)] = [
      (.text, .text), (.sound, .audio), (.image, .images),
    ]
    return all.filter { kinds.contains($0.0) }.map {
      OwnData.Modality(name: name(of: $0.0), kind: $0.1)
    }
  }

  /// A name that a modality can have, and that no other has.
  static func named(_ text: String, besides others: [String]) -> String {
    let letters = text.unicodeScalars.map { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains(scalar))
        ? Character(scalar) : "_"
    }
    let trimmed = String(letters.drop { $0 == "_" || $0 == "-" }.prefix(40))
    let base = trimmed.isEmpty ? "modality" : trimmed
    var name = base
    var number = 2
    while others.contains(name) {
      name = "\(base)-\(number)"
      number += 1
    }
    return name
  }
}
