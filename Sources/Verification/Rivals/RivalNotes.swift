import Exchange

/// What a side tells of its mini-batches, each in its place; not a number where it tells nothing.
struct RivalNotes {
  /// Some numbers of each mini-batch, or of each event, one after the other.
  struct Series {
    var width: Int
    var values: [Double]
  }

  private(set) var series: [String: Series] = [:]
  private let cycleCount: Int

  /// Of so many mini-batches.
  init(cycleCount: Int) { self.cycleCount = cycleCount }

  /// Notes what is told of a cycle; nil: of an event between mini-batches.
  mutating func add(_ notes: [MethodNote], cycle: Int?) {
    for note in notes {
      let width = note.values.count
      guard let cycle else {
        series[note.name, default: Series(width: width, values: [])].values += note.values
        continue
      }
      let blank = Series(
        width: width, values: Array(repeating: .nan, count: cycleCount * width))
      series[note.name, default: blank].values.replaceSubrange(
        cycle * width..<(cycle + 1) * width, with: note.values)
    }
  }

  /// What the workers tell, side by side: of each mini-batch, or event, one modality's numbers after the other.
  static func interleaved(_ reports: [RivalReport]) -> [MethodNote] {
    let names = Set(reports.flatMap { $0.notes.map(\.name) })
    return names.sorted().map { name in
      let own = reports.map { $0.series(name) }
      let width = own.compactMap { $0?.width }.first ?? 1
      let length = own.compactMap { $0?.values.count }.max() ?? 0
      var values: [Double] = []
      for start in stride(from: 0, to: length, by: width) {
        for series in own {
          if let series, series.width == width, series.values.count >= start + width {
            values += series.values[start..<start + width]
          } else {
            values += [Double](repeating: .nan, count: width)
          }
        }
      }
      return MethodNote(name, values)
    }
  }
}

/// Worker to coordinator: what its encoder, its heads and its notes amount to at the end of a case.
struct RivalReport: Message {
  static let kind = MessageKind(201, "rivalReport")

  /// Every array, as the reference names it.
  var finals: [MethodNote] = []
  /// Every series of notes.
  var notes: [MethodNote] = []
  /// How many numbers a mini-batch, or an event, has in each series.
  var widths: [Int] = []

  /// The series of a name; nil: nothing was told.
  func series(_ name: String) -> RivalNotes.Series? {
    notes.firstIndex { $0.name == name }.map {
      RivalNotes.Series(width: widths[$0], values: notes[$0].values)
    }
  }

  mutating func layout(_ fields: Fields) throws {
    try fields.field(&finals)
    try fields.field(&notes)
    try fields.field(&widths)
    try fields.require(widths.count == notes.count && widths.allSatisfy { $0 > 0 })
  }
}
