import Configuration
import Methods

extension SmallRun {
  /// A run of so many modalities that are alike.
  init(_ method: any TrainingMethod, modalities count: Int) {
    self.init(MethodChoice(method)) { run in
      let first = run.modalities[0]
      run.modalities = (0..<count).map { place in
        var modality = first
        modality.name = "m\(place)"
        return modality
      }
      run.order = Array(0..<count)
      run.optimizer.learningRate = 0.05
      for place in run.modalities.indices { run.modalities[place].optimizer = run.optimizer }
    }
  }
}
