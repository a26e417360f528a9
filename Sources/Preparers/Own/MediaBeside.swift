/// Media that a table's ids name.
struct MediaBeside {
  private var files: [String: [OwnFile]] = [:]
  private var taken: Set<String> = []
  private let count: Int
  private(set) var takenKinds: [OwnFile.Kind] = []

  init(_ media: [OwnFile]) {
    count = media.count
    for file in media {
      for key in Set([file.stem, file.name, OwnFolders.position(of: file).id]) {
        files[key, default: []].append(file)
      }
    }
  }

  var leftCount: Int { count - taken.count }

  /// Gives a sample the files of its id; one of each kind. Returns where the first stands.
  mutating func take(
    _ id: String, into sample: inout OwnData.Sample
  ) -> OwnFolders.Position? {
    let found = files[id] ?? []
    for file in found {
      let name = OwnModalities.name(of: file.kind)
      guard sample.contents[name] == nil else { continue }
      sample.contents[name] = .file(file.path)
      taken.insert(file.path)
      if !takenKinds.contains(file.kind) { takenKinds.append(file.kind) }
    }
    return found.first.map(OwnFolders.position)
  }
}
