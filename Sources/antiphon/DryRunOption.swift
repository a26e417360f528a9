import ArgumentParser

/// `--dry-run`, for every command that runs on ranks.
struct DryRunOption: ParsableArguments {
  @Flag(name: .customLong("dry-run"), help: "Say what would be started, and start nothing.")
  var isAsked = false

  /// Prints a plan for people; among several ranks, the first one does.
  func show(_ plan: (LaunchPlan.Start) throws -> LaunchPlan) throws {
    guard !Invocation.isWorker else { return }
    try plan(LaunchPlan.Start(isDry: true)).print()
  }
}
