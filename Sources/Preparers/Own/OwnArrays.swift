import Datasets
import Storage

/// Arrays whose rows are samples, with an array or a text file of labels, and perhaps one of groups.
struct OwnArrays {
  private enum Role: Equatable { case values, labels, groups, ids }

  private struct Item {
    /// As a configuration names it: `file.npy`, or `file.npz:name`.
    let location: String
    let name: String
    var part: Part?
    let role: Role
    let read: () throws -> [String]
    let shape: [Int]
  }

  private let items: [Item]
  private let place: String

  private static let labels: Set = [
    "label", "labels", "y", "target", "targets", "class", "classes",
  ]
  private static let groups: Set = [
    "group", "groups", "speaker", "speakers", "subject", "subjects", "user", "users", "patient",
  ]
  private static let ids: Set = ["id", "ids"]

  init(_ files: [OwnFile], place: String) throws {
    self.place = place
    items = try files.flatMap { file in
      // A folder says it for all that is in it.
      let part = file.folders.lazy.compactMap { OwnFolders.part(named: $0) }.first
      return try Self.items(in: file).map { item in
        var item = item
        item.part = item.part ?? part
        return item
      }
    }
  }

  private static func items(in file: OwnFile) throws -> [Item] {
    switch file.kind {
    case .array where file.name.lowercased().hasSuffix(".npz"):
      let archive = try NPZFile(path: file.path)
      return try archive.names.map { name in
        // The words of the file's name tell the part where those of the array's do not.
        try item(
          "\(file.path):\(name)", name, also: file.stem,
          try array { try archive.array(name, for: $0) })
      }
    case .array:
      return [
        try item(file.path, file.stem, try array { try NPYArray(path: file.path, for: $0) })
      ]
    case .text, .table:
      let (_, _, role) = words(of: file.stem)
      guard role != .values else { return [] }
      let lines = {
        try InputFile.text(of: InputFile.read(file.path), place: file.path)
          .split(separator: "\n", omittingEmptySubsequences: false).map(\.trimmedLine)
      }
      return [
        Item(
          location: file.path, name: file.stem, part: words(of: file.stem).part, role: role,
          read: {
            var found = try lines()
            while found.last == "" { found.removeLast() }
            return found
          }, shape: [])
      ]
    default: return []
    }
  }

  /// An array of numbers, or else of texts.
  private static func array(_ open: (NPYPurpose) throws -> NPYArray) throws -> NPYArray {
    do {
      return try open(.numbers)
    } catch let error as FileError {
      if let array = try? open(.labels) { return array }
      throw error
    }
  }

  private static func item(
    _ location: String, _ name: String, also more: String = "", _ array: NPYArray
  ) throws -> Item {
    let (words, part, role) = words(of: name)
    let isVector = array.shape.count == 1
    return Item(
      location: location,
      name: OwnModalities.named(
        words.isEmpty ? "values" : words.joined(separator: "_"), besides: []),
      part: part ?? Self.words(of: more).part, role: role,
      read: {
        guard isVector || array.shape.count == 2 && array.shape[1] == 1 else {
          throw FileError(
            location, "has the shape \(array.shape), expected one number or name for each sample")
        }
        return array.type.kind.isText ? try array.texts() : try array.integers().map(String.init)
      }, shape: array.type.kind.isText ? [] : array.shape)
  }

  private static func words(of name: String) -> (words: [String], part: Part?, role: Role) {
    let all = name.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    let part = all.lazy.compactMap { OwnFolders.part(named: $0) }.first
    let role: Role =
      all.contains(where: labels.contains)
      ? .labels
      : all.contains(where: groups.contains)
        ? .groups : all.contains(where: ids.contains) ? .ids : .values
    return (all.filter { OwnFolders.part(named: $0) == nil }, part, role)
  }

  func findings() throws -> OwnFindings {
    var found = OwnFindings()
    var shapes: [String: [Int]] = [:]
    var values: [String: [Part: String]] = [:]
    var order: [String] = []
    let parts = Set(items.filter { $0.role == .values && $0.shape.count > 1 }.map(\.part))
    for part in parts.sorted(by: { ($0 ?? .train) < ($1 ?? .train) }) {
      let here = items.filter { $0.part == part }
      let arrays = here.filter { $0.role == .values && $0.shape.count > 1 }
      let labels = try column(.labels, here, part)
      guard let labels else {
        throw FileError(
          place,
          "has no labels for \(arrays.first?.location ?? ""): put an array or a text file beside it whose name has the word labels"
        )
      }
      let (groups, ids) = (try column(.groups, here, part), try column(.ids, here, part))
      for item in arrays {
        guard item.shape[0] == labels.count else {
          throw FileError(
            item.location,
            "has \(counted(item.shape[0], "row")), but there are \(counted(labels.count, "label"))")
        }
        if let shape = shapes[item.name], shape != Array(item.shape.dropFirst()) {
          throw FileError(
            item.location,
            "has samples of the shape \(Array(item.shape.dropFirst())), but another part has \(shape)"
          )
        }
        if shapes.updateValue(Array(item.shape.dropFirst()), forKey: item.name) == nil {
          order.append(item.name)
        }
        guard
          values[item.name, default: [:]].updateValue(item.location, forKey: part ?? .train) == nil
        else {
          throw FileError(
            item.location, "is called as another array of the same part; rename one of them")
        }
      }
      for row in labels.indices {
        let number = "\(part.map { "\($0.rawValue)-" } ?? "")\(row)"
        found.samples.append(
          OwnData.Sample(
            id: ids?[row] ?? number, label: labels[row].trimmed, group: groups?[row],
            part: part,
            contents: Dictionary(arrays.map { ($0.name, .row(row)) }) { first, _ in first }))
      }
    }
    guard !found.samples.isEmpty else {
      throw FileError(place, "holds no array of two or more axes, whose rows would be samples")
    }
    found.modalities = order.map { name in
      OwnData.Modality(
        name: name, kind: .arrays(shape: shapes[name] ?? [], values: values[name] ?? [:]))
    }
    return found
  }

  /// What the only item of a role says of each row; nil: there is none.
  private func column(_ role: Role, _ items: [Item], _ part: Part?) throws -> [String]? {
    let found = items.filter { $0.role == role }
    guard found.count < 2 else {
      throw FileError(
        place,
        "has several arrays that could be the \(role), \(quoted(found.map { $0.location.lastStep })); leave one"
      )
    }
    let rows = try found.first?.read()
    let count = items.first { $0.role == .values && $0.shape.count > 1 }?.shape[0] ?? 0
    if let rows, rows.count != count {
      throw FileError(
        found[0].location,
        "has \(counted(rows.count, "line")), but the arrays beside it have \(counted(count, "row"))"
      )
    }
    return rows
  }
}

extension Substring {
  /// Without white space at its ends.
  fileprivate var trimmedLine: String { String(self).trimmed }
}
