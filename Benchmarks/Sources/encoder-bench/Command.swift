import Tensors

/// What the command line asks for.
struct Command {
  enum Action: String {
    case step, layers, products, shards, shapes, features, widths, help
  }

  static let usage = """
    usage: encoder-bench step CASE [--threads T] [--products P] [--steps N] [--serve]
           encoder-bench layers CASE [--threads T] [--products P] [--steps N]
           encoder-bench products CASE [--threads T] [--steps N]
           encoder-bench shards CASE [--threads T] [--products P] [--steps N] [--shards S]
           encoder-bench shapes [--threads T] [--steps N]
           encoder-bench features
           encoder-bench widths

      step     times training steps: forward, loss, backward, optimizer; one JSON line
      layers   times every layer of a step by itself; a table
      products times steps with our own products of matrices beside OpenBLAS's
      shards   times steps in shards beside steps in one piece
      shapes   times single products of both; a table
      features the seconds that the products of a cycle of `bench features` take on one core
      widths   the widths of lanes that this processor can run, the slowest last

      --threads T    how many cores to use (1)
      --products P   who multiplies matrices: portable (the default) or openblas
      --steps N      how many steps a median is taken of
      --shards S     how many shards a mini-batch has (4)
      --serve        one measurement for each line of the input, so that programs can take turns

      CASE: \(EncoderCase.allCases.map(\.rawValue).joined(separator: ", "))
    """

  /// Why a command line is none.
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  var action = Action.help
  var subject = EncoderCase.smallMLP
  var threads = 1
  var products = Products.standard
  var steps: Int?
  var serves = false
  var shards = 4

  /// The command of a program's arguments. Throws `Mistake`.
  init(_ arguments: [String]) throws {
    guard let verb = arguments.first else { throw Mistake(description: "a command is missing") }
    if ["-h", "--help"].contains(verb) || !Set(arguments).isDisjoint(with: ["-h", "--help"]) {
      return
    }
    guard let action = Action(rawValue: verb) else {
      throw Mistake(description: "there is no command '\(verb)'")
    }
    self.action = action
    guard action != .help else { return }
    var rest = arguments.dropFirst()
    if ![.shapes, .features, .widths].contains(action) {
      guard let name = rest.popFirst() else {
        throw Mistake(description: "\(verb) needs a case")
      }
      guard let subject = EncoderCase(rawValue: name) else {
        throw Mistake(description: "there is no case '\(name)'")
      }
      self.subject = subject
    }
    while let option = rest.popFirst() {
      switch option {
      case "--threads": threads = try Self.number(of: option, rest.popFirst(), atMost: 1_024)
      case "--products" where [.step, .layers, .shards].contains(action):
        products = try Self.products(rest.popFirst())
      case "--steps": steps = try Self.number(of: option, rest.popFirst(), atMost: 1_000_000)
      case "--shards" where action == .shards:
        shards = try Self.number(of: option, rest.popFirst(), atMost: subject.batch)
      case "--serve" where action == .step: serves = true
      default: throw Mistake(description: "\(verb) has no option '\(option)'")
      }
    }
  }

  private static func products(_ word: String?) throws -> Products {
    guard let products = word.flatMap(Products.init) else {
      let choices = Products.allCases.map(\.rawValue).joined(separator: " or ")
      throw Mistake(
        description: "--products takes \(choices), not \(word.map { "'\($0)'" } ?? "nothing")")
    }
    return products
  }

  private static func number(of option: String, _ word: String?, atMost limit: Int) throws -> Int {
    guard let number = word.flatMap({ Int($0) }), (1...limit).contains(number) else {
      let found = word.map { "'\($0)'" } ?? "nothing"
      throw Mistake(description: "\(option) takes a number from 1 to \(limit), not \(found)")
    }
    return number
  }
}
