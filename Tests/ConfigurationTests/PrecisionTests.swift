import Datasets
import Networks
import Testing

@testable import Configuration

/// Numbers that are in their range as they are written, but not where they are computed with.
@Suite struct PrecisionTests {
  private static let modality = "classes: 2\nmodalities:\n  a:\n    data: {kind: synthetic}\n"

  private func sentence(_ key: String, _ value: String) -> String {
    do {
      _ = try parse(Self.modality, overrides: ["\(key)=\(value)"])
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  static let singleKeys =
    [
      "lr", "momentum", "beta1", "beta2", "epsilon", "weight_decay", "clip_norm", "decay_factor",
      "head_lr_scale",
    ].map { "optimizer.\($0)" }
    + ["lr", "epsilon", "momentum"].map { "modalities.a.optimizer.\($0)" }
    + ["modalities.a.augment.noise"]

  @Test(arguments: singleKeys) func `what float32 cannot tell from 0 is refused`(key: String) {
    for value in ["1e-60", "1e-39", "0.\(String(repeating: "0", count: 45))1"] {
      let found = sentence(key, value)
      #expect(
        found.contains(
          "\(key): found \(value), which is too small to be told from 0, expected a number "),
        "\(found)")
      #expect(found.hasSuffix(" that is at least 1.2e-38"), "\(found)")
    }
    #expect(sentence(key, "1e-30") == "accepted" || key == "optimizer.head_lr_scale")
  }

  @Test(arguments: [
    "optimizer.momentum", "optimizer.beta1", "optimizer.beta2", "modalities.a.optimizer.beta2",
  ])
  func `what float32 cannot tell from 1 is refused where 1 is`(key: String) {
    #expect(
      sentence(key, "0.99999999999").contains(
        "\(key): found 0.99999999999, which is 1 when rounded to float32, expected a number of at "
          + "least 0 and below 1"))
    #expect(sentence(key, "0.9999") == "accepted")
  }

  @Test func `an encoder's probabilities are held to it, too`() {
    for key in ["dropout", "stochastic_depth"] {
      let encoder = "{kind: transformer, \(key): 0.99999999999}"
      #expect(
        sentence("modalities.a.encoder", encoder).contains("which is 1 when rounded to float32"))
    }
  }

  @Test(arguments: ["hgm.forget", "data.validation", "execution.save_every", "hgm.lambda"])
  func `what is computed in float64 may be smaller, but no 0 that is not written`(key: String) {
    #expect(sentence(key, "1e-60") == "accepted")
    #expect(sentence(key, "1e-400").contains("found 1e-400, "))
  }

  @Test func `zero may be written in many ways`() throws {
    for zero in ["0", "0.0", "-0.0", "0e5", "0.000e-400"] {
      let run = try parse(Self.modality, overrides: ["optimizer.weight_decay=\(zero)"])
      #expect(run.optimizer.weightDecay == 0)
    }
  }

  @Test func `a head whose learning rate is no number is refused, and a frozen one is not`() {
    func scaled(_ lr: String, _ scale: String) -> String {
      sentence("optimizer", "{lr: \(lr), head_lr_scale: \(scale)}")
    }
    #expect(
      scaled("1e-20", "1e-20").contains(
        "optimizer.head_lr_scale: found 1e-20, which makes the head's learning rate, with lr 1e-20, "
          + "too small to be told from 0"))
    #expect(scaled("1e-20", "0") == "accepted")
    #expect(scaled("1e-20", "1e-10") == "accepted")
  }

  @Test func `a lambda whose square is 0 is refused where the schedule reaches it`() {
    let tiny = "{lambda: 1e-200, lambda_schedule: epoch_power}"
    #expect(sentence("hgm", tiny).contains("hgm.lambda: found 1e-200, whose square is too small"))
    #expect(sentence("hgm", "{lambda: 1e-200}") == "accepted")
  }

  @Test func `a clip has as many samples as its reader rounds to`() throws {
    func data(_ seconds: String) -> String {
      minimal(
        data: "{kind: audio, train: a.csv, seconds: \(seconds), spectrogram: {centred: false}}")
    }
    // 399.84 and 399.36 samples; a window has 400.
    let run = try parse(data("0.02499"))
    guard case .audio(let options) = run.modalities[0].source else {
      Issue.record("no sound")
      return
    }
    #expect(try options.sampleCount() == 400)
    #expect(
      try options.spectrogram.outputShape(
        sampleRateHertz: options.sampleRateHertz, sampleCount: options.sampleCount()) == [64, 1, 1])
    let error = #expect(throws: ConfigurationError.self) { try parse(data("0.02496")) }
    #expect(error?.problem.hasPrefix("found 399 samples in 0.02496 s") == true)
  }
}
