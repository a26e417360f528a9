import Storage

/// A line of a label file: `[6.2901 - 8.2357]`, the turn, its emotion, numbers that are not used.
struct IEMOCAPTurn {
  let name: String
  let code: String
  let start: String
  let end: String
  let place: String

  init(_ line: TextLine, at place: String) throws {
    let fields = line.fields(at: "\t")
    guard fields.count >= 3,
      let times = try /\[(\d+\.\d+) - (\d+\.\d+)\]/.wholeMatch(in: fields[0])
    else {
      throw FileError(
        place,
        "found '\(String(line.text).legible())', expected times in brackets, a turn and an emotion with"
          + " tabs between them")
    }
    (name, code) = (fields[1], fields[2])
    (start, end) = (String(times.1), String(times.2))
    self.place = place
  }
}
