import Foundation
import TestSupport
import Testing

// Everything that starts the program, in rows of one job at a time, which share the cores.

/// What users do.
@Suite(.serialized) enum Jobs {}

/// What is saved and used again, and what is refused.
@Suite(.serialized) enum SavedJobs {}

/// Whether numbers are what they must be.
@Suite(.serialized) enum NumberJobs {}

/// Whether they are so on every processor.
@Suite(.serialized) enum PortableJobs {}

/// Jobs that wait for most of their time.
@Suite(.serialized) enum WaitingJobs {}

/// Ranks that are killed, stuck, or wait for each other.
@Suite(.serialized) enum LifeJobs {}

/// How the ranks of a job run.
enum Way: Sendable {
  case ranks(Int)
  case oneProcess
}

extension Workshop {
  /// Runs the program on files of this workshop.
  func antiphon(
    _ way: Way, _ arguments: [String], environment: [String: String] = [:],
    timeout seconds: Int = 60
  ) async throws -> MPIRun.Outcome {
    switch way {
    case .ranks(let count):
      try await MPIRun.ranks(
        count, "antiphon", arguments, environment: environment, timeout: seconds)
    case .oneProcess:
      try await MPIRun.alone(
        "antiphon", arguments + ["--one-process"], environment: environment, timeout: seconds)
    }
  }

  /// Trains a configuration of this workshop into its folder `output`.
  func train(
    _ way: Way, _ configuration: String, to output: String, set overrides: [String] = [],
    options: [String] = [], environment: [String: String] = [:]
  ) async throws -> MPIRun.Outcome {
    try await antiphon(
      way, trainArguments(configuration, to: output, set: overrides, options: options),
      environment: environment)
  }

  func trainArguments(
    _ configuration: String, to output: String, set overrides: [String] = [],
    options: [String] = []
  ) -> [String] {
    ["train", scratch[configuration], "--output", scratch[output]]
      + overrides.flatMap { ["--set", $0] } + options
  }

  /// Evaluates the run in `output`; the CSV goes to `predictions`, if one is named.
  func evaluate(
    _ way: Way, _ output: String, predictions: String? = nil, options: [String] = []
  ) async throws -> MPIRun.Outcome {
    let csv = predictions.map { ["--csv", scratch[$0]] } ?? []
    return try await antiphon(way, ["evaluate", scratch[output]] + csv + options)
  }
}

/// Every number that a run left, without those that time and place have to do with.
struct RunNumbers: Equatable {
  let metrics: [String]
  let summary: String
  let classes: String
  /// The bytes of every file of weights, by name.
  let weights: [String: [UInt8]]

  init(_ workshop: Workshop, _ run: String) throws {
    let scratch = workshop.scratch
    let lines = try #require(scratch.text("\(run)/metrics.jsonl")).split(separator: "\n")
    metrics = try lines.map { try Self.canonical(String($0)) }
    summary = try Self.canonical(#require(scratch.text("\(run)/summary.json")))
    classes = try #require(scratch.text("\(run)/classes.csv"))
    var weights: [String: [UInt8]] = [:]
    for folder in scratch.names(in: "\(run)/weights") {
      // A manifest speaks of hosts and times, and of files that are compared themselves.
      for file in scratch.names(in: "\(run)/weights/\(folder)")
      where file.hasSuffix(".safetensors") {
        weights["\(folder)/\(file)"] = try scratch.bytes("\(run)/weights/\(folder)/\(file)")
      }
    }
    self.weights = weights
  }

  /// The text of a JSON object, keys sorted, without times, rates, waits and memory.
  static func canonical(_ text: String) throws -> String {
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
    var object = try #require(parsed as? [String: Any])
    for key in [
      "seconds", "samples_per_second", "waited_seconds", "data_wait", "cycles_per_second", "ranks",
    ] {
      object[key] = nil
    }
    let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    return String(decoding: data, as: UTF8.self)
  }
}

/// A value deep in a JSON file of a workshop.
func json(_ workshop: Workshop, _ file: String, _ path: String...) throws -> Any? {
  let text = try #require(workshop.scratch.text(file))
  var value: Any? = try JSONSerialization.jsonObject(with: Data(text.utf8))
  for key in path { value = (value as? [String: Any])?[key] }
  return value
}

extension String {
  /// The text, whatever the hosts are called here.
  var withoutHosts: String { replacing(/host [^,) ]+/, with: "host HERE") }
}

extension MPIRun.Outcome {
  /// The sentences with which the program said that it failed.
  var sentences: [String] {
    errors.components(separatedBy: "antiphon: error: ").dropFirst().map {
      $0.trimmingCharacters(in: .newlines)
    }
  }
}
