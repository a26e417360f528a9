import Configuration
import Coordinator
import Exchange
import MPI
import Runs
import Storage

/// What a refusal must be: one line of legible text that names the file.
enum Sentence {
  private static let longest = 6000

  /// What is wrong with `error` about the file called `name`; nil: nothing.
  static func problem(of error: any Error, naming name: String) -> String? {
    var isOfFile = true
    switch error {
    case is FileError, is ConfigurationError, is RunError, is HostFile.Fault: break
    case is ExchangeError, is CoordinatorError: isOfFile = false
    case let error as Misbehaviour: return "misbehaves: \(error)"
    default: return "throws \(type(of: error)), which is no refusal: \(error)"
    }
    let text = "\(error)"
    if text.utf8.count > longest { return "a sentence of \(text.utf8.count) bytes" }
    if let scalar = text.unicodeScalars.first(where: isIllegible) {
      return "U+\(String(scalar.value, radix: 16)) in the sentence \(text.debugDescription)"
    }
    if isOfFile, !text.contains(name) { return "the file is not named: \(text)" }
    return nil
  }

  private static func isIllegible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
}
