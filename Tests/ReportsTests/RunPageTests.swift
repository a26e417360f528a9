import Foundation
import Runs
import Storage
import TestSupport
import Testing

@testable import Reports

/// The page of one run: what is on it, and what becomes of what runs do not have, or should not.
@Suite struct RunPageTests {
  private static func page(
    _ run: MadeUpRun = MadeUpRun(), _ change: (Scratch) throws -> Void = { _ in }
  ) throws -> (html: String, elements: Elements) {
    let scratch = try Scratch()
    try run.write(to: "run", in: scratch)
    try change(scratch)
    let html = try ReportWriter.page(of: [scratch["run"]])
    return (html, try Elements(html))
  }

  @Test func `a run's page has its sections, pictures and tables, each with a title`() throws {
    let (html, found) = try Self.page()
    #expect(
      found.texts(of: "h2") == [
        "How it learned", "What turns do to each other", "How it predicts", "Where the time went",
        "What was run", "Again",
      ])
    #expect(
      found.pictures == [
        "Accuracy", "Loss on the evaluated split", "Training loss", "Learning rate",
        "What the projection lets through", "Norm of the projector P",
        "Norm of the head's weights", "Way of the head",
        "What a modality's turns do to the others", "Logit shift, mean of all epochs",
        "Cosine between gradients, mean of all epochs", "Confusion, the fusion", "Reliability",
        "Weights in the fusion", "Confusion, sound alone", "Confusion, sight alone",
        "Time of training by phase", "Waiting for other ranks", "Rate of training",
      ])
    #expect(found.texts(of: "strong") == ["50.0 %", "25.0 %", "25.0 %"])
    #expect(
      found.texts(of: "caption") == [
        "test split, final weights, 10 samples", "The most frequent mistakes of the fusion",
        "Which modalities samples have", "Each class, per cent", "Ranks", "Modalities",
      ])
    // Nothing is fetched and nothing is run.
    #expect(!html.contains("src=") && !found.names.contains("script"))
    #expect(found.names.count { $0 == "link" } == 0)
    #expect(html.utf8.count < 150_000)
  }

  @Test func `a modality has one colour in every picture, and the fusion that of the text`() throws
  {
    let (html, _) = try Self.page()
    for name in ["sound", "sight"] {
      let colour = name == "sound" ? 0 : 1
      #expect(html.contains("edge-\(colour)\"><strong>25.0 %</strong><span>\(name) alone"))
      #expect(html.contains("fill-\(colour)\" cx="))
    }
    #expect(html.contains("edge-ink\"><strong>50.0 %</strong><span>fused"))
  }

  @Test func `the calibration error is that of the bins`() throws {
    let (_, found) = try Self.page()
    // (|3 - 2| + |2 - 3.6|) / 8
    #expect(found.texts(of: "td").contains("32.50"))
    #expect(found.texts(of: "text").contains("fused, ECE 32.5 %"))
  }

  @Test func `what is taken for what is told with the most frequent mistake first`() throws {
    let (html, _) = try Self.page()
    func row(_ label: String, _ prediction: String, _ count: Int) -> String {
      "<tr><th scope=\"row\"><bdi dir=\"ltr\">\(label)</bdi></th>"
        + "<td>\(prediction)</td><td>\(count)</td></tr>"
    }
    let rows = [
      row("no, never", "yes", 3), row("yes", "no, never", 1), row("no, never", "none", 1),
    ]
    #expect(html.contains(rows.joined(separator: "\n")))
  }

  @Test func `a run that was killed is shown as far as it is, and said to be so`() throws {
    var run = MadeUpRun()
    (run.epochs, run.isOver) = (2, false)
    let (html, found) = try Self.page(run) { scratch in
      // A line that was being written.
      let lines = try #require(scratch.text("run/metrics.jsonl"))
      try scratch.write(lines + "{\"epoch\": 3, \"secon", to: "run/metrics.jsonl")
    }
    #expect(html.contains("This run ended before its time: 2 of 4 epochs are trained."))
    #expect(found.texts(of: "caption").first == "validation split, last evaluation, 10 samples")
    #expect(found.pictures.contains("Accuracy") && !found.pictures.contains("Reliability"))
  }

  @Test func `a run under way is said to go on, by its lock`() throws {
    var run = MadeUpRun()
    run.isOver = false
    let scratch = try Scratch()
    try run.write(to: "run", in: scratch)
    let lock = try FolderLock(scratch["run"])
    #expect(try ReportWriter.page(of: [scratch["run"]]).contains("This run goes on (process "))
    lock.release()
    #expect(try ReportWriter.page(of: [scratch["run"]]).contains("ended before its time"))
  }

  @Test func `lines that cannot be read are counted, and the others are shown`() throws {
    let (html, found) = try Self.page { scratch in
      let lines = try #require(scratch.text("run/metrics.jsonl"))
      try scratch.write("{\"epoch\": }\n17\n" + lines, to: "run/metrics.jsonl")
    }
    #expect(html.contains("metrics.jsonl: 2 lines cannot be read, and are left out"))
    #expect(found.pictures.first == "Accuracy")
  }

  @Test func `which weights were kept, and what they do on the validation split, is shown`() throws
  {
    let (html, found) = try Self.page { scratch in
      let text = try #require(scratch.text("run/summary.json"))
      try scratch.write(
        text.replacing(
          #""split" : "test""#,
          with:
            #""split" : "test", "kept": {"policy": "best", "epoch": 2, "trained_epochs": 4, "by": "loss", "value": 0.5, "stopped_early": true}, "validation": {"fused": {"average_logits": {"accuracy": 0.625}}}"#
        ), to: "run/summary.json")
    }
    #expect(
      html.contains("best, of epoch 2, by loss 0.5000, 4 epochs trained, stopped early"))
    #expect(html.contains("The upright line is epoch 2, whose weights were kept."))
    #expect(
      found.texts(of: "th").contains("validation %") && found.texts(of: "td").contains("62.50"))
    // Halfway between the ends, 58 and 466.
    #expect(
      found.attributes.contains { $0["class"] == "axis dashed" && $0["x1"] == "262.0" })
  }

  @Test func `metrics alone, of another version, make a page`() throws {
    let scratch = try Scratch()
    try scratch.write(
      #"{"epoch":1,"modalities":{"b":{"accuracy":0.5},"a":{"accuracy":0.25}},"later":[{}]}"# + "\n",
      to: "run/metrics.jsonl")
    let found = try Elements(try ReportWriter.page(of: [scratch["run"]]))
    #expect(found.pictures == ["Accuracy"])
  }

  @Test func `names that are markup or steer the order of letters are shown, not obeyed`() throws {
    var run = MadeUpRun()
    run.names = ["<script>alert(1)</script>", "\u{202E}evil", "x\u{1B}[2J", "\"onload=\"x", "אב"]
    let (html, found) = try Self.page(run)
    #expect(!found.names.contains("script"))
    #expect(found.texts(of: "bdi").contains("<script>alert(1)</script> alone"))
    #expect(found.texts.contains { $0.contains("\\u{202e}evil") })
    #expect(found.texts.contains { $0.contains("x\\u{1b}[2J") })
    #expect(found.texts(of: "bdi").contains("אב alone"))
    #expect(html.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    #expect(!html.unicodeScalars.contains("\u{202E}"))
    #expect(found.attributes.allSatisfy { $0["onload"] == nil })
  }

  private static let files = [
    "metrics.jsonl", "summary.json", "environment.json", "evaluation.json", "classes.csv",
    "configuration.yaml",
  ]

  @Test(arguments: files)
  func `broken bytes in a file are told of, and the rest is shown`(_ file: String) throws {
    let broken: [[UInt8]] = [
      [], [0xFF, 0xFE, 0x00, 0x0A], Array("null\n".utf8), Array("{\"epoch\":".utf8),
      Array(repeating: UInt8(ascii: "["), count: 100_000) + [0x0A],
      Array(
        #"{"epoch":1e400,"epoch":1,"seconds":-1e308,"fused":{"x":{"accuracy":1e308}},"modalities":{"sound":{"accuracy":-1e29}},"ranks":{"9223372036854775807":{"phases":{"load":1e300}}},"predictors":[{"name":"x","is_fused":true,"confusion":[[0,1099511627776,3],[0,-7,1]],"bins":{"count":[1e30],"right":[-1],"confidence":[1e30]}}],"weights":[{"name":"x","from":0,"to":1e-300,"counts":[1e30]}]}"#
          .utf8) + [0x0A],
    ]
    for bytes in broken {
      let (html, _) = try Self.page { try $0.write(bytes, to: "run/\(file)") }
      #expect(html.contains("</html>"))
    }
  }

  @Test func `a folder without a run is refused with one sentence`() throws {
    let scratch = try Scratch()
    let error = #expect(throws: FileError.self) { try ReportWriter.page(of: [scratch.path]) }
    #expect(
      error?.description
        == "\(scratch.path): found no run in this folder or below it, expected metrics.jsonl of one; name the folder of a run, such as one below runs/"
    )
  }

  @Test func `the interval of a share is Wilson's`() {
    // Wilson (1927), 8 of 10, 95 %: 0.490 to 0.943.
    let range = RunPage.range(8, of: 10)
    #expect(
      range.map { abs($0.lowerBound - 0.4902) < 5e-4 && abs($0.upperBound - 0.9433) < 5e-4 } == true
    )
    #expect(RunPage.range(3, of: 0) == nil && RunPage.range(4, of: 3) == nil)
  }
}
