import Glibc
import Storage
import Tensors

extension OwnData {
  /// The name of the configuration in the output folder.
  public static let configurationName = "config.yaml"

  static func manifestName(_ modality: Modality, _ part: Part) -> String {
    "\(modality.name)_\(part.rawValue).csv"
  }

  func count(in part: Part) -> Int { samples.count { $0.part == part } }

  func count(in part: Part, of modality: Modality) -> Int {
    samples.count { $0.part == part && $0.contents[modality.name] != nil }
  }

  /// The titles of the table of modalities.
  public static let header = ["modality", "kind", "train", "test"]

  /// The table: a row a modality.
  public var rows: [[String]] {
    modalities.map { modality in
      let kind =
        switch modality.kind {
        case .images: "images"
        case .audio: "audio"
        case .text: "text"
        case .arrays(let shape, _): "arrays \(shape)"
        }
      return [
        modality.name, kind, "\(count(in: .train, of: modality))",
        "\(count(in: .test, of: modality))",
      ]
    }
  }

  /// The classes with their numbers of samples, in a sentence.
  public var classSentence: String {
    let counts = Dictionary(samples.map { ($0.label, 1) }, uniquingKeysWith: +)
    let listed = classes.prefix(12).map { "\($0.legible()) \(counts[$0] ?? 0)" }
    let rest = classes.count - listed.count
    return "\(counted(classes.count, "class").replacing("classs", with: "classes")): "
      + listed.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// Writes manifests, the configuration and its schema to a folder that is new or empty.
  ///
  /// - Parameter schema: the JSON Schema of configurations.
  /// - Returns: the files that were written.
  @discardableResult
  public func write(to output: String, schema: String) throws -> [String] {
    let folder = try Self.free(output)
    try ModelFiles.createFolder(folder)
    guard let real = folder.resolved else {
      throw FileError.system(output, "cannot be found", errno)
    }
    var written: [String] = []
    func write(_ lines: [String], to name: String) throws {
      try AtomicFile.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: "\(folder)/\(name)")
      written.append("\(folder)/\(name)")
    }
    for modality in modalities {
      for part in [Part.train, .test] where count(in: part, of: modality) > 0 {
        try write(manifest(modality, part, from: real), to: Self.manifestName(modality, part))
      }
    }
    try write([schema], to: "configuration.schema.json")
    let configuration = OwnConfiguration(data: self) { $0.relative(to: real) }
    try write([configuration.text], to: Self.configurationName)
    return written
  }

  /// The folder, absolute, where nothing is in it.
  public static func free(_ output: String) throws -> String {
    let folder = try output.absolutePath()
    var status = stat()
    guard stat(folder, &status) == 0 else { return folder }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(output, "is no folder; name another, or move what is there away")
    }
    let found = try ModelFiles.names(in: folder)
    guard found.isEmpty else {
      throw FileError(
        output, "holds \(quoted(found.sorted { $0.precedes($1) })) already; name a new folder")
    }
    return folder
  }

  private func manifest(_ modality: Modality, _ part: Part, from folder: String) throws -> [String]
  {
    let hasGroups = samples.contains { $0.group != nil }
    let column =
      switch modality.kind {
      case .text: "text"
      case .arrays: "index"
      case .images, .audio: "path"
      }
    var lines = ["id,label,\(column)" + (hasGroups ? ",group" : "")]
    for sample in samples where sample.part == part {
      try LongWork.step()
      let value: String
      switch sample.contents[modality.name] {
      case .file(let path)?: value = path.relative(to: folder)
      case .text(let text)?: value = text
      case .row(let row)?: value = "\(row)"
      case nil: continue
      }
      let fields = [sample.id, sample.label, value] + (hasGroups ? [sample.group ?? ""] : [])
      lines.append(fields.map(CSV.field).joined(separator: ","))
    }
    return lines
  }
}

extension String {
  /// This path without links, as the system knows it; nil: it leads nowhere.
  var resolved: String? {
    guard let found = realpath(self, nil) else { return nil }
    defer { free(found) }
    return String(validatingCString: found)
  }

  /// This absolute path from a folder, so that both can be moved together; absolute where nothing but the root of
  /// the file system is common.
  func relative(to folder: String) -> String {
    // What follows an array's file is its name in it.
    let colon = placeOfArrayName(self)
    let path = String(self[..<colon])
    guard let real = path.folderOfPath.resolved else { return self }
    let own = real.split(separator: "/").map(String.init) + [path.lastStep]
    let from = folder.split(separator: "/").map(String.init)
    let common = zip(own, from).prefix { $0 == $1 }.count
    guard common > 0 else { return self }
    let steps = Array(repeating: "..", count: from.count - common) + own[common...]
    return steps.joined(separator: "/") + self[colon...]
  }

  /// Where `:name` begins behind `.npz`; the end where there is none.
  private func placeOfArrayName(_ text: String) -> String.Index {
    guard let found = text.ranges(of: ".npz:").last else { return text.endIndex }
    return text.index(before: found.upperBound)
  }
}
