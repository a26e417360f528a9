import Configuration
import Coordinator
import Exchange
import Foundation
import MLA
import Storage
import TestSupport
import Worker

@testable import Prediction
@testable import Runs

/// A small model of two arrays and a text, trained in this process, with the files that it came from.
struct TrainedModel {
  let scratch: Scratch
  private static let classes = ["red", "green, or \"lime\"", "blue"]
  /// Test samples of each array.
  static let testCount = 23

  /// - Parameter lines: further lines of the configuration.
  init(_ lines: String = "", validation: Double = 0) throws {
    scratch = try Scratch()
    for (name, width, factor) in [("a", 5, 1.0), ("b", 3, 0.5)] {
      for (split, count) in [("train", 42), ("test", Self.testCount)] {
        let values = (0..<count * width).map { place in
          Float(sin(Double(place * place % 97) * factor) + Double(place / width % 3))
        }
        try scratch.write(
          NPYWriter.bytes(values, shape: [count, width]), to: "data/\(name).\(split).npy")
        try scratch.write(
          NPYWriter.bytes((0..<count).map { Int32($0 % 3) }, shape: [count]),
          to: "data/\(split).npy")
        try scratch.write(
          (0..<count).map { "\(split)\($0)\n" }.joined(), to: "data/\(split).ids")
      }
    }
    for (split, count) in [("train", 42), ("test", Self.testCount)] {
      // Every fourth test sample has no text.
      let rows = (0..<count).filter { split == "train" || $0 % 4 != 3 }.map {
        "\(split)\($0),\($0 % 3),\"\(Self.text($0))\""
      }
      try scratch.write(
        "id,label,text\n" + rows.joined(separator: "\n") + "\n", to: "data/\(split).csv")
    }
    let array = { (name: String) in
      """
          data:
            kind: arrays
            standardise: feature
            train: {values: \(name).train.npy, labels: train.npy, ids: train.ids}
            test: {values: \(name).test.npy, labels: test.npy, ids: test.ids}
      """
    }
    try scratch.write(
      """
      classes: [red, 'green, or "lime"', blue]
      features: 8
      epochs: 2
      batch_size: 16
      evaluation: {batch_size: 10, keep_logits: true}
      data: {root: data, validation: \(validation)}
      execution: {features_may_cross: true}
      modalities:
        a:
      \(array("a"))
          encoder: {kind: mlp, hidden: [7]}
        b:
      \(array("b"))
          encoder: {kind: mlp, hidden: [6]}
        c:
          data: {kind: text, train: train.csv, test: test.csv, length: 6}
          encoder: {kind: bag_of_words}
      \(lines)
      """ + "\n", to: "run.yaml")
    let configuration = try RunConfiguration.load(path: scratch["run.yaml"])
    let directory = try RunDirectory(creating: scratch["run"])
    try Self.onRanks(configuration) { try $0.train(configuration, in: directory) }
  }

  /// A text of a sample.
  static func text(_ number: Int) -> String {
    ["a red fox", "green fields, \(number) of them", "the blue sea", "d\u{e9}j\u{e0} vu"][
      number % 4]
  }

  /// Copies what the model needs elsewhere, and removes everything that it was trained on.
  func standAlone() throws -> String {
    for name in ["model.json", "configuration.yaml", "fusion.json"]
    where scratch.text("run/\(name)") != nil {
      try scratch.write(scratch.bytes("run/\(name)"), to: "alone/\(name)")
    }
    let weights = scratch.names(in: "run/weights").last ?? ""
    for name in scratch.names(in: "run/weights/\(weights)") where name != "checkpoint.json" {
      try scratch.write(
        scratch.bytes("run/weights/\(weights)/\(name)"), to: "alone/weights/\(weights)/\(name)")
    }
    try scratch.remove("run")
    for name in ["a.train.npy", "b.train.npy", "train.npy", "train.ids", "train.csv"] {
      try scratch.remove("data/\(name)")
    }
    return scratch["alone"]
  }

  /// A request for the test samples.
  func request() throws -> SampleRequest {
    var request = SampleRequest()
    for name in ["a", "b"] {
      try request.add(
        .listed(path: scratch["data/\(name).test.npy"], ids: scratch["data/test.ids"]), for: name)
    }
    try request.add(.listed(path: scratch["data/test.csv"]), for: "c")
    return request
  }

  /// What the model says in this process.
  func predicted(_ folder: String = "run") throws -> [PredictedSample] {
    try Predictor(model: scratch[folder]).predict(request().inputs)
  }

  /// Every line that `predict` writes of a request.
  func lines(
    _ request: SampleRequest, onRanks: Bool = false,
    _ change: (inout PredictionTask.Output) -> Void = { _ in }
  ) throws -> [String] {
    var output = PredictionTask.Output()
    (output.path, output.writesLogits) = (scratch["predictions.csv"], true)
    change(&output)
    let model = try SavedModel(scratch["run"])
    let task = try PredictionTask(model, request, output)
    if onRanks {
      try Self.onRanks(model.configuration) { try task.run(on: $0.endpoint, host: $0.host) }
    } else {
      try task.run()
    }
    return try String(contentsOfFile: output.path ?? "", encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  /// Evaluates a model on its test split; returns the lines of the CSV file, without the labels.
  func evaluated(_ folder: String = "run", overrides: [String] = []) throws -> [String] {
    let run = try RunDirectory(existing: scratch[folder])
    let configuration = try RunConfiguration.saved(in: run, fusion: nil, overrides: overrides)
    let csv = scratch["evaluation.csv"]
    try Self.onRanks(configuration) {
      try $0.evaluate(configuration, model: run, split: .test, csv: csv)
    }
    return try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Runs the coordinator's part of a job beside workers in this process.
  static func onRanks(
    _ configuration: RunConfiguration, _ body: @escaping @Sendable (Job) throws -> Void
  ) throws {
    let ranks = RankLayout(ranksPerModality: configuration.modalities.map(\.ranks)).size
    let silence = open("/dev/null", O_WRONLY)
    defer { close(silence) }
    try OneProcess.run(ranks: ranks, deadline: .seconds(60)) { endpoint in
      guard endpoint.worldRank == 0 else {
        do { return try WorkerSession.serve(endpoint, host: "here") } catch is RefusalSent {
          return
        }
      }
      try body(
        Job(endpoint: endpoint, host: "here", console: Console(.output, descriptor: silence)))
      for rank in 1..<ranks { try endpoint.send(Assignment.dismissed, to: rank) }
    }
  }
}
