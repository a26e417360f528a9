// Trains on made-up data in this process, evaluates what was saved, and says what a report would begin with.
// first-model FOLDER: the run goes below it.
import AntiphonKit

let folder = CommandLine.arguments.dropFirst().first ?? "runs/first-model"
let text = """
  classes: 6
  epochs: 8
  data: {validation: 0.2}
  modalities:
    strong: {data: {kind: synthetic, component: strong}}
    weak: {data: {kind: synthetic, component: weak}}
  """

do {
  let configuration = try RunConfiguration.parse(text, file: "first-model", baseDirectory: ".")
  let trainer = Trainer()
  _ = try trainer.train(configuration, output: folder) { epoch in
    guard let evaluation = epoch.evaluation else { return }
    let shares = evaluation.modalities.map {
      "\($0.name) \(Numerals.percent($0.metrics.accuracy)) %"
    }
    print("epoch \(epoch.epoch + 1): \(shares.joined(separator: ", "))")
  }
  guard let evaluation = try trainer.evaluate(folder)?.evaluation else { fatalError() }
  for fused in evaluation.fused {
    print("\(fused.kind): \(Numerals.percent(fused.metrics.accuracy)) % of the test samples")
  }
} catch {
  print("first-model: \(error)")
}
