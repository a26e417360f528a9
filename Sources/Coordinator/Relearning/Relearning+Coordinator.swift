import Methods

extension Relearning: JointCoordinatorSide {
  /// That of joint concatenation: all else is local to workers.
  public func rule(of run: CoordinatorRank) -> any JointRule { PlainJointRule() }
}
