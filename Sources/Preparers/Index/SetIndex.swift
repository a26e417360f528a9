import Storage

/// All samples that a set lists, sorted by id in byte order, and what was odd about the lists.
struct SetIndex {
  /// The names of the classes, in order.
  let classes: [String]
  /// The samples.
  private(set) var samples: [IndexedSample] = []
  /// How often each id was listed again.
  private(set) var duplicates: [String: Int] = [:]
  /// Names in label files that are not such as the set has.
  private(set) var oddNames: [Oddity] = []
  /// How many listed samples the set's rules leave out, by reason.
  private(set) var dropped: [String: Int] = [:]
  /// Other names under which split lists know samples.
  private(set) var aliases: [String: String] = [:]
  /// What else people should know.
  var notes: [String] = []

  private let wanted: Set<String>
  private var places: [String: Int] = [:]

  /// A name that is odd, and where it stands.
  struct Oddity: Equatable {
    let place: String
    let name: String
  }

  /// An index without samples.
  init(classes: [String]) {
    self.classes = classes
    wanted = Set(classes)
  }

  /// Whether samples of a class are wanted.
  func wants(_ label: String) -> Bool { wanted.contains(label) }

  /// Adds a sample. Listed again in the same words it is a duplicate, and the first one counts.
  mutating func add(_ sample: IndexedSample) throws {
    guard let earlier = places.updateValue(samples.count, forKey: sample.id) else {
      samples.append(sample)
      return
    }
    places[sample.id] = earlier
    let first = samples[earlier]
    guard first.label == sample.label else {
      throw FileError(
        sample.place,
        "'\(sample.id.legible())' is labelled '\(sample.label.legible())', but"
          + " '\(first.label.legible())' at \(first.place); leave one of the lines out")
    }
    if let part = sample.part, let other = first.part, part != other {
      throw FileError(
        sample.place,
        "'\(sample.id.legible())' is in the \(part.rawValue) part, but at \(first.place) in the"
          + " \(other.rawValue) part; leave one of the lines out")
    }
    duplicates[sample.id, default: 0] += 1
  }

  /// Counts a sample that a rule of the set leaves out.
  mutating func drop(_ reason: String) { dropped[reason, default: 0] += 1 }

  /// Remembers a name that is not such as the set has; the sample is left out.
  mutating func leaveOut(oddName name: String, at place: String) {
    oddNames.append(Oddity(place: place, name: name))
  }

  /// Another name for a sample, in lists; the first sample of that name has it.
  mutating func name(_ id: String, also alias: String) {
    if aliases[alias] == nil { aliases[alias] = id }
  }

  /// The sample that a list calls `name`.
  func sample(named name: String) -> IndexedSample? {
    (places[name] ?? aliases[name].flatMap { places[$0] }).map { samples[$0] }
  }

  /// This index with its samples sorted.
  func sorted() -> SetIndex {
    var copy = self
    copy.samples.sort { $0.id.precedes($1.id) }
    copy.places = [:]
    for (place, sample) in copy.samples.enumerated() { copy.places[sample.id] = place }
    return copy
  }
}

extension String {
  /// The order of bytes, which is the same everywhere.
  func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
