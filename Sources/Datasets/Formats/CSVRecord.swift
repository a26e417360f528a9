import Storage
import Tensors

/// One record of a CSV file (RFC 4180).
///
/// An own parser, because manifests come from users and the maintained Swift package (SwiftCSV
/// 0.10) ends the process on a misplaced quote and does not say on which line a record stands.
public struct CSVRecord: Equatable {
  /// The fields, quotes removed.
  public let fields: [String]
  /// The line the record begins on, from 1.
  public let line: Int

  /// The records of a file: comma separated, quotes doubled inside quoted fields, lines ended by
  /// LF or CRLF (the last one optionally). Empty lines are skipped.
  public static func parse(_ bytes: [UInt8], place: String) throws -> [CSVRecord] {
    let text = try InputFile.text(of: bytes, place: place)
    var parser = CSVParser(bytes: Array(text.utf8), place: place)
    var records: [CSVRecord] = []
    while let record = try parser.record() {
      if record.fields != [""] { records.append(record) }
    }
    return records
  }
}

extension CSVRecord {
  /// The column called `name` of this header, which must have it once.
  func position(of name: String, place: String) throws -> Int {
    let found = fields.indices.filter { fields[$0] == name }
    guard let first = found.first else {
      throw FileError(
        "\(place):\(line)", "there is no column '\(name)'; the columns are \(quoted(fields))")
    }
    guard found.count == 1 else {
      throw FileError("\(place):\(line)", "the column '\(name)' occurs \(found.count) times")
    }
    return first
  }

  /// Throws where this record has another number of fields than its header.
  func checkCount(_ header: CSVRecord, place: String) throws {
    guard fields.count != header.fields.count else { return }
    throw FileError(
      place, "has \(counted(fields.count, "field")), but the header has \(header.fields.count)")
  }
}

/// A cursor over valid UTF-8; every separator is ASCII, so fields can be cut at bytes.
private struct CSVParser {
  let bytes: [UInt8]
  let place: String
  var position = 0
  var line = 1

  mutating func record() throws -> CSVRecord? {
    try LongWork.step()
    guard position < bytes.count else { return nil }
    let start = line
    var fields: [String] = []
    while true {
      fields.append(try bytes[position...].first == quote ? quotedField() : plainField())
      guard position < bytes.count else { break }
      let separator = bytes[position]
      position += separator == carriageReturn ? 2 : 1
      if separator == comma { continue }
      line += 1
      break
    }
    return CSVRecord(fields: fields, line: start)
  }

  private mutating func plainField() throws -> String {
    let start = position
    while position < bytes.count, !isSeparator(at: position) {
      guard bytes[position] != quote else {
        throw FileError(
          "\(place):\(line)",
          "a quote inside an unquoted field; quote the whole field and double the quotes in it")
      }
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedField() throws -> String {
    let start = line
    var field: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == quote {
        guard position < bytes.count, bytes[position] == quote else {
          guard position == bytes.count || isSeparator(at: position) else {
            throw FileError(
              "\(place):\(line)", "text after a closing quote; double a quote inside a field")
          }
          return String(decoding: field, as: UTF8.self)
        }
        position += 1
      }
      if byte == newline { line += 1 }
      field.append(byte)
    }
    throw FileError("\(place):\(start)", "a quoted field is never closed")
  }

  private func isSeparator(at index: Int) -> Bool {
    switch bytes[index] {
    case comma, newline: true
    case carriageReturn: index + 1 < bytes.count && bytes[index + 1] == newline
    default: false
    }
  }
}

private let quote = UInt8(ascii: "\"")
private let comma = UInt8(ascii: ",")
private let newline = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
