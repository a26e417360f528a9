import Storage

extension Division {
  /// The parts that lists say. What a list names and the set does not have, is counted; so is what it
  /// labels otherwise, and then the set is right.
  ///
  /// - Parameter className: the name of the class that authors call so; nil: it is none, perhaps a number.
  static func listed(
    by paths: [String], in index: SetIndex, className: (String) -> String?
  ) throws -> Division {
    let lists = try paths.map(SplitList.init)
    let names = lists.map { list in String(list.path.split(separator: "/").last ?? "") }
    var division = Division(sentence: "the parts that \(names.joined(separator: ", ")) list")
    var places: [String: String] = [:]
    for list in lists {
      for entry in list.entries {
        let place = "\(list.path):\(entry.line)"
        guard let sample = index.sample(named: entry.name) else {
          division.unknown.append(.init(place: place, name: entry.name))
          continue
        }
        if let label = entry.label.flatMap(className), label != sample.label {
          division.otherLabels.append(.init(place: place, name: "\(sample.id) (\(label))"))
        }
        if let other = division.parts[sample.id] {
          guard other == entry.part else {
            throw FileError(
              place,
              "'\(sample.id.legible())' is in the \(entry.part.rawValue) part, but in the"
                + " \(other.rawValue) part at \(places[sample.id] ?? ""); leave one of the lines out"
            )
          }
          division.duplicates[sample.id, default: 0] += 1
          continue
        }
        division.parts[sample.id] = entry.part
        places[sample.id] = place
      }
    }
    guard !division.parts.isEmpty else {
      throw FileError(
        paths.joined(separator: ", "),
        "none of its samples is in the set; the first is"
          + " '\((lists.first?.entries.first?.name ?? "").legible())', the set's first is"
          + " '\((index.samples.first?.id ?? "").legible())'")
    }
    return division
  }
}
