import ArgumentParser
import Export
import Foundation
import MLA
import Runs
import Storage

/// `antiphon export`: a saved model, or the curves of a run, for other programs. It needs no ranks.
struct ExportCommand: ParsableCommand {
  /// Whom it is for.
  enum Target: String, ExpressibleByArgument, CaseIterable {
    case torch, onnx, tensorboard
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a run's saved model for PyTorch or ONNX, or its curves for TensorBoard.",
    discussion: """
      docs/export.md says what is written; docs/your-model-in-pytorch.md shows it in use.

      EXAMPLE: ./launch export runs/first --to torch --output first-torch

      \(Usage.statuses)
      """)

  @Argument(help: .init("The folder of a run.", valueName: "run"))
  var folder: String

  @Option(help: .init("For whom: torch, onnx or tensorboard.", valueName: "format"))
  var to: Target

  @Option(
    help: .init(
      "A new folder; if not given, RUN-FORMAT in the current one, or RUN/tensorboard.",
      valueName: "dir"))
  var output: String?

  @Option(
    help: .init(
      "How predictions are fused; if not given, as the model does it.", valueName: "kind"))
  var fusion: FusionKind?

  func run() throws {
    try NamedPath.check(folder, of: "RUN")
    if let output { try NamedPath.check(output, of: "--output") }
    let directory = try RunDirectory(existing: folder)
    if to == .tensorboard {
      let made = try CurveExport.write(directory, to: output ?? directory.tensorboard)
      print(
        "\(made.path) holds \(counted(made.epochCount, "epoch")); tensorboard --logdir \(made.path)"
      )
      return
    }
    let model = try SavedModel(of: directory, fusion: fusion)
    let name = URL(fileURLWithPath: directory.path).lastPathComponent
    let made = try ExportFolder(output ?? "\(name)-\(to.rawValue)")
    switch to {
    case .torch: try TorchExport.write(model, to: made)
    case .onnx: try ONNXExport.write(model, to: made)
    case .tensorboard: break
    }
    print("\(made.path) holds the model after \(model.trained); its README.txt says what is what")
  }

  func validate() throws {
    if to == .tensorboard, fusion != nil {
      throw ValidationError("--fusion is of models; leave it out with --to tensorboard")
    }
  }
}
