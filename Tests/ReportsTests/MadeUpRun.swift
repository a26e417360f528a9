import Foundation
import Storage
import TestSupport

/// The folder of a run that nobody trained, with numbers that are known.
struct MadeUpRun {
  /// The modalities, by the names that they shall have.
  var names = ["sound", "sight"]
  /// The method.
  var method = "mla"
  /// The seed.
  var seed = 3
  /// The epochs that are trained, of 4.
  var epochs = 4
  /// Whether the run is over.
  var isOver = true
  /// What is added to every accuracy.
  var better = 0.0

  /// Writes it to a folder.
  func write(to folder: String, in scratch: Scratch) throws {
    let lines = try (1...epochs).map { try line($0).text(pretty: false) + "\n" }
    try scratch.write(lines.joined(), to: "\(folder)/metrics.jsonl")
    try scratch.write(configuration, to: "\(folder)/configuration.yaml")
    guard isOver else { return }
    try scratch.write(summary.text(pretty: true), to: "\(folder)/summary.json")
    try scratch.write(evaluation.text(pretty: false), to: "\(folder)/evaluation.json")
    let command: JSONValue = ["antiphon", "train", "my run.yaml", "--one-process"]
    try scratch.write(
      try JSONValue.object(["command": command, "antiphon": "0.1.0"]).text(pretty: true),
      to: "\(folder)/environment.json")
    var rows = ["predictor,class,support,precision,recall,f1"]
    for predictor in ["fused (average_logits)"] + names {
      rows += ["yes", "\"no, never\""].map { "\(Self.csv(predictor)),\($0),5,0.5,0.75,0.6" }
    }
    try scratch.write(rows.joined(separator: "\n") + "\n", to: "\(folder)/classes.csv")
  }

  private static func csv(_ text: String) -> String {
    text.contains("\"") || text.contains(",")
      ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }

  private var configuration: String {
    let modalities = names.map { name in
      let quoted = String(decoding: (try? JSONEncoder().encode(name)) ?? Data(), as: UTF8.self)
      return "  \(quoted): {data: {kind: synthetic, component: strong}}\n"
    }
    return
      "classes: [yes, 'no, never']\nmethod: \(method)\nseed: \(seed)\nepochs: 4\nmodalities:\n"
      + modalities.joined()
  }

  private func scores(_ accuracy: Double) -> JSONValue {
    [
      "accuracy": .number(accuracy + better), "macro_f1": .number(accuracy), "loss": .number(0.5),
      "samples": 10,
    ]
  }

  private func line(_ epoch: Int) -> JSONValue {
    let shifts = JSONValue.list(names.map { _ in .list(names.map { _ in .number(0.01) }) })
    return [
      "epoch": .integer(epoch), "seconds": 2, "samples_per_second": 100, "split": "validation",
      "training": .named(names) { ($0, ["loss": .number(1 / Double(epoch)), "samples": 10]) },
      "waited_seconds": .named(names) { ($0, .number(0.25)) },
      "learning_rate": .named(names + ["head"]) { ($0, .number(0.001)) },
      "fused": ["average_logits": scores(0.1 * Double(epoch))],
      "modalities": .named(names) { ($0, scores(0.1 * Double(epoch))) },
      "head": [
        "gradient_ratio": .number(0.5), "weight_norm": 3, "projector_norms": [8],
        "interference": ["drift": 1, "logit_shift": shifts, "gradient_cosine": shifts],
      ],
    ]
  }

  private var summary: JSONValue {
    [
      "method": .text(method), "seed": .integer(seed), "split": "test", "samples": 10,
      "fusion": "average_logits", "fused": ["average_logits": scores(0.5)],
      "modalities": .named(names) { ($0, scores(0.25)) }, "seconds": 8,
      "weights_sha256": "0123456789abcdef",
      "ranks": .named(names.enumerated()) {
        (
          "\($0.offset + 1)",
          [
            "role": .text($0.element), "host": "node", "peak_memory_bytes": 1_048_576,
            "waiting_seconds": 1, "waiting_cpu_share": .number(0.5),
            "phases": [
              "load": 1, "forward": 2, "head": 1, "backward": 3, "exchange": 0, "waiting": 1,
            ],
          ]
        )
      },
    ]
  }

  private var evaluation: JSONValue {
    func predictor(_ name: String, isFused: Bool) -> JSONValue {
      [
        "name": .text(name), "is_fused": .flag(isFused),
        "confusion": [[0, 0, 4], [0, 1, 1], [1, 0, 3], [1, 1, 1], [1, -1, 1]],
        // Four of confidence 0.5 of which 3 are right, four of 0.9 of which 2 are: (|3 - 2| + |2 - 3.6|) / 8.
        "bins": ["count": [4, 4], "confidence": [2, .number(3.6)], "right": [3, 2]],
      ]
    }
    return [
      "format": 1, "split": "test", "samples": 10, "modalities": .list(names.map { .text($0) }),
      "predictors": .list(
        [predictor("average_logits", isFused: true)]
          + names.map { predictor($0, isFused: false) }),
      "weights": .list(
        names.map {
          ["name": .text($0), "median": .number(0.5), "from": 0, "to": 1, "counts": [0, 3, 2]]
        }),
      "presence": [
        ["modalities": .list(names.map { .text($0) }), "samples": 8],
        ["modalities": [], "samples": 2],
      ],
    ]
  }
}
