import Networks
import Runs
import Storage

/// What was run, on what, and how to run it again.
extension RunPage {
  var facts: [Block] {
    var facts: [(name: String, value: String)] = [("folder", run.folder)]
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { facts.append((name: name, value: value)) }
    }
    if let configuration = run.configuration {
      add("method", configuration.method.kind)
      add("fusion", configuration.fusion.kind.rawValue)
      add("features", "\(configuration.features)")
    }
    add("kept weights", kept)
    add("weights, SHA-256", run.summary?["weights_sha256"]?.text)
    if let environment = run.environment {
      add("antiphon", environment["antiphon"]?.text)
      add("system", environment["system"]?.text)
      add("MPI", environment["mpi"]?.text)
      let products = environment["products"]?.text
      let core = environment["blas"]?["core"]?.text
      add("products", [products, core].compactMap { $0 }.joined(separator: ", "))
      add("cores", environment["cores"]?.count.map { "\($0)" })
      add("finished", environment["finished"]?.text)
    }
    var blocks: [Block] = [.facts(facts)]
    if let table = modalityTable { blocks.append(table) }
    if let text = run.configurationText {
      // The page stays small, whatever somebody has put into the file.
      let shown = text.unicodeScalars.count > 40_000 ? String(text.prefix(40_000)) + "\n…" : text
      blocks.append(.folded("The configuration, every value written out", [.code(shown)]))
    }
    return blocks
  }

  /// Which weights were kept, where the run chose among them.
  private var kept: String? {
    guard let kept = run.summary?["kept"] else { return nil }
    var words = [kept["policy"]?.text, kept["epoch"]?.count.map { "of epoch \($0)" }]
    if let by = kept["by"]?.text {
      words.append(
        "by \(by)" + (kept["value"]?.quantity.map { " \(Numerals.decimals($0, 4))" } ?? ""))
    }
    words.append(kept["trained_epochs"]?.count.map { "\($0) epochs trained" })
    if case .flag(true)? = kept["stopped_early"] { words.append("stopped early") }
    return words.compactMap { $0 }.joined(separator: ", ")
  }

  private var modalityTable: Block? {
    guard let configuration = run.configuration else { return nil }
    return .table(
      TitledTable(
        name: "modalities", title: "Modalities",
        header: ["modality", "encoder", "learning rate", "ranks"],
        rows: configuration.modalities.map { modality in
          [
            modality.name, Self.kind(of: modality.encoder),
            "\(modality.optimizer.learningRate)", "\(modality.ranks)",
          ]
        }))
  }

  private static func kind(of encoder: EncoderArchitecture) -> String {
    switch encoder {
    case .mlp: "mlp"
    case .cnn: "cnn"
    case .resnet18: "resnet18"
    case .transformer: "transformer"
    case .bagOfWords: "bag_of_words"
    case .standIn: "stand_in"
    }
  }

  var again: [Block] {
    let command = RepeatCommand(run)
    var blocks: [Block] = [
      .text(
        "The run again, from the configuration that it left: with the same data, and the same core type of OpenBLAS or products: portable, the weights have the same SHA-256."
      ),
      .code(command.fromFolder),
    ]
    if let started = command.asStarted {
      blocks.append(.text("As it was started, in the folder where that was:"))
      blocks.append(.code(started))
    }
    blocks.append(.text("This page again, from the folder alone:"))
    blocks.append(.code("./launch report \(RepeatCommand.quoted(run.folder))"))
    return blocks
  }
}
