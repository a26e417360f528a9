import Testing

@testable import Configuration

@Suite struct DefaultsAndPresetTests {
  @Test func `what is not written has the default of its type`() throws {
    var expected = RunConfiguration(
      classes: ["0", "1"],
      modalities: [
        ModalityConfiguration(name: "a", source: .synthetic(.init()), encoder: .mlp(.init()))
      ])
    expected.data.root = "/data"
    #expect(try parse(minimal) == expected)
  }

  @Test func `empty sections have their defaults`() throws {
    let text = minimal + "    encoder:\n    optimizer:\n    missing: {}\nhgm:\nexecution: ~\n"
    #expect(try parse(text) == parse(minimal))
  }

  @Test(
    arguments: [
      ("default", [:]),
      ("paper", ["hgm.forget": "0"]),
      ("plain", ["hgm.enabled": "false"]),
      (
        "official-effective",
        [
          "hgm.enabled": "false", "inactive_encoders": "zero_grad", "optimizer.lr": "0.001",
          "optimizer.decay_epoch": "70", "epochs": "100", "modalities.a.optimizer.lr": "0.001",
          "modalities.a.optimizer.decay_epoch": "70",
        ]
      ),
      (
        "official-first-release",
        [
          "hgm.forget": "0", "hgm.order": "absorb_first", "hgm.lambda_schedule": "epoch_power",
          "hgm.normalise": "frobenius", "hgm.formula": "outer", "hgm.first_step": "plain",
          "inactive_encoders": "zero_grad",
        ]
      ),
      (
        "balancebench",
        [
          "hgm.forget": "0", "hgm.order": "absorb_first", "hgm.lambda_schedule": "epoch_power",
          "hgm.normalise": "frobenius", "hgm.formula": "outer", "hgm.first_step": "plain",
          "hgm.combine": "add",
        ]
      ),
    ] as [(String, [String: String])])
  func `a preset changes this and nothing else`(
    name: String, expected: [String: String]
  ) throws {
    let plain = values(of: try parse(minimal))
    let preset = values(of: try parse("preset: \(name)\n" + minimal))
    #expect(preset.filter { plain[$0.key] != $0.value } == expected)
    #expect(Set(preset.keys) == Set(plain.keys))
  }

  @Test func `written keys win over a preset, wherever they stand`() throws {
    let text = "hgm: {forget: 0.25}\noptimizer: {lr: 0.5}\nepochs: 7\n" + minimal
    let run = try parse(text + "preset: official-effective\n")
    #expect(run.hgm.forget == 0.25)
    #expect(run.optimizer.learningRate == 0.5)
    #expect(run.epochs == 7)
    #expect(run.optimizer.decayEpoch == 70)
    #expect(!run.hgm.isEnabled)
    #expect(try parse(text, overrides: ["preset=paper"]).hgm.forget == 0.25)
    #expect(try parse(minimal, overrides: ["preset=paper"]).hgm.forget == 0)
  }

  @Test func `a modality's optimizer starts from the run's`() throws {
    let run = try parse(
      minimal + "    optimizer: {lr: 0.5}\noptimizer: {momentum: 0.25, head_lr_scale: 0}\n")
    #expect(run.modalities[0].optimizer.learningRate == 0.5)
    #expect(run.modalities[0].optimizer.momentum == 0.25)
    #expect(run.optimizer.learningRate == (try parse(minimal)).optimizer.learningRate)
    #expect(run.headLearningRateScale == 0)
  }

  @Test func `the order and the weights of modalities go by name`() throws {
    let run = try parse(
      """
      classes: [no, yes]
      order: [b, c, a]
      fusion: fixed_logits
      fusion_weights: {c: 0.5, a: 2, b: 0}
      modalities:
        a: {data: {kind: synthetic}}
        b: {data: &d {kind: wav, train: t.csv}}
        c: {data: *d}
      """)
    #expect(run.order == [1, 2, 0])
    #expect(run.fusion.weights == [2, 0, 0.5])
    #expect(run.classes == ["no", "yes"])
    #expect(run.modalities[1].source == run.modalities[2].source)
  }

  /// Every value by the keys that lead to it.
  private func values(of run: RunConfiguration) -> [String: String] {
    func flat(_ written: [(key: String, value: Written)], _ path: String) -> [(String, String)] {
      written.flatMap { key, value in
        switch value {
        case .value(let text): [(path + key, text)]
        case .section(let below): flat(below, "\(path)\(key).")
        }
      }
    }
    let scope = Scope(modalities: run.modalities.map(\.name))
    return Dictionary(flat(RunSchema.run.write(run, scope), "")) { first, _ in first }
  }
}
