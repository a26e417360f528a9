import Glibc

/// A file that lists hosts for mpirun, a line each: `node1 slots=2`. What is after a `#` is a remark.
///
/// mpirun is told to be quiet, and of some faults it only says that there are no nodes. So what it could
/// not read is refused here.
public struct HostFile: Sendable {
  /// What is wrong with a host file, as one sentence.
  public struct Fault: Error, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String
  }

  /// A line that names a host.
  struct Entry: Sendable {
    let host: String
    /// How many ranks it is to have; 1 where the line does not say.
    var slots = 1
    /// The line without its remark.
    let line: String
  }

  let entries: [Entry]
  /// Whether lines end as those of Windows do, or a byte order mark is in front: mpirun reads neither.
  public let isFromWindows: Bool
}

extension HostFile {
  /// The hosts, in the order of the file; one that has several lines is there several times.
  public var hosts: [String] { entries.map(\.host) }

  /// How many ranks all hosts together are to have.
  public var slotCount: Int { entries.reduce(0) { $0 + $1.slots } }

  /// The lines of the file without those of some hosts; nil: too few slots are left for `ranks` ranks, or
  /// for as many as the whole file has.
  public func lines(without silent: Set<String>, ranks: Int) -> [String]? {
    let left = entries.filter { !silent.contains($0.host) }
    func slots(_ entries: [Entry]) -> Int { entries.reduce(0) { $0 + $1.slots } }
    guard slots(left) >= max(1, min(ranks, slots(entries))) else { return nil }
    return left.map(\.line)
  }

  /// Reads a file. A pipe is left alone, for it can be read only once: there, no hosts are known.
  public init(path: String) throws(Fault) {
    guard let bytes = try Self.bytes(of: path) else {
      self = HostFile(entries: [], isFromWindows: false)
      return
    }
    try self.init(bytes, path: path)
  }

  /// Reads the content of the file at `path`.
  init(_ bytes: [UInt8], path: String) throws(Fault) {
    guard !bytes.contains(0), var text = String(validating: bytes, as: UTF8.self) else {
      throw Fault(description: "\(path) is no text; expected \(Self.expected)")
    }
    let hasMark = text.unicodeScalars.first == "\u{FEFF}"
    if hasMark { text.unicodeScalars.removeFirst() }
    var entries: [Entry] = []
    // One line at a time: a list of them would be many times the file where they are short.
    var (number, rest) = (1, text[...])
    while !rest.isEmpty {
      let line = rest.prefix { !$0.isNewline }
      if let entry = try Self.entry(in: line, at: "\(path):\(number)") { entries.append(entry) }
      rest = rest[line.endIndex...].dropFirst()
      number += 1
    }
    guard !entries.isEmpty else {
      throw Fault(description: "\(path) lists no host; expected \(Self.expected)")
    }
    self.init(entries: entries, isFromWindows: hasMark || bytes.contains(UInt8(ascii: "\r")))
  }

  private static let expected = "a host a line, such as: node1 slots=2"

  /// The host that a line names; nil: the line is empty, or a remark.
  private static func entry(
    in line: Substring, at place: String
  ) throws(Fault) -> Entry? {
    let text = line.prefix { $0 != "#" }.drop(while: \.isWhitespace)
    var rest = text
    guard !rest.isEmpty else { return nil }
    let host = rest.prefix { !$0.isWhitespace }
    guard host.allSatisfy(isPartOfName) else {
      throw Fault(
        description:
          "\(place): found '\(shown(host))', expected the name of a host, of letters, digits,"
          + " dots and hyphens, then a blank and slots=N")
    }
    rest = rest.dropFirst(host.count)
    var entry = Entry(host: String(host), line: String(text))
    while true {
      rest = rest.drop(while: \.isWhitespace)
      guard !rest.isEmpty else { return entry }
      let key = rest.prefix { $0 != "=" && !$0.isWhitespace }
      rest = rest.dropFirst(key.count).drop(while: \.isWhitespace)
      guard rest.first == "=" else {
        throw Fault(
          description: "\(place): found '\(shown(key))' behind the host, expected slots=N")
      }
      rest = rest.dropFirst().drop(while: \.isWhitespace)
      let value = rest.prefix { !$0.isWhitespace }
      rest = rest.dropFirst(value.count)
      let isCount = key.lowercased().contains("slots") || key.lowercased() == "count"
      guard !value.isEmpty, !isCount || value.allSatisfy({ $0.isASCII && $0.isNumber }) else {
        throw Fault(
          description: "\(place): \(shown(key))=\(shown(value)): expected a whole number, such as"
            + " \(shown(key))=2")
      }
      if ["slots", "count"].contains(key.lowercased()) { entry.slots = Int(value) ?? .max >> 32 }
    }
  }

  /// A piece of a line as messages show it: not too long, and without what spoils a terminal.
  private static func shown(_ piece: Substring) -> String {
    let scalars = piece.unicodeScalars
    let start = scalars.prefix(60).map { $0.escaped(asASCII: true) }.joined()
    return scalars.count > 60 ? "\(start)…" : start
  }

  /// Names, also with a user in front, and mpirun's own words for hosts of an allocation.
  private static func isPartOfName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || ".-_@+^".contains(character))
  }

  /// More than the names of a hundred thousand hosts.
  private static let largest = 16 << 20

  /// What is in a file; nil: it is a pipe or a device.
  private static func bytes(of path: String) throws(Fault) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      throw Fault(description: "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { return nil }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw Fault(description: "\(path) is a folder; expected a file with \(expected)")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    guard status.st_size <= largest else {
      throw Fault(description: "\(path) is too large for a list of hosts (\(status.st_size) bytes)")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    guard count >= 0 else {
      throw Fault(description: "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    return Array(bytes.prefix(count))
  }
}
