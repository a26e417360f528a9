/// The two trainings of a run with `fusion.refit_on_all`.
extension RunConfiguration {
  /// The first, that the fusion is fitted to: it is looked at no more, once that is done.
  public var fitting: RunConfiguration {
    var first = self
    first.fusion.refitsOnAll = false
    (first.evaluation.keepsLogits, first.evaluation.spoilt) = (false, [])
    return first
  }

  /// What the model of the run was trained as in the end: where all samples are trained on, none is held out.
  public var trained: RunConfiguration {
    guard fusion.refitsOnAll else { return self }
    var second = self
    second.fusion.refitsOnAll = false
    second.data.validationFraction = 0
    // How long it is trained, the first says.
    second.selection = SelectionOptions()
    return second
  }
}
