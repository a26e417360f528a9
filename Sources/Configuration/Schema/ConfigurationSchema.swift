import Storage

/// JSON Schemas (draft 7) of the files that people write, from the tables by which they are read: for
/// editors, which complete and check with them.
public enum ConfigurationSchema {
  /// Of the configuration of a run.
  public static var run: JSONValue {
    schema(
      "A configuration of Antiphon (docs/configuration.md)",
      RunSchema.run.shape(RunConfiguration(classes: ["0", "1"], modalities: [])))
  }

  /// Of an experiment.
  public static var experiment: JSONValue {
    schema(
      "An experiment of Antiphon (docs/experiments.md)",
      ExperimentSchema.section.shape(ExperimentDescription()))
  }

  private static func schema(_ title: String, _ shape: Shape) -> JSONValue {
    .object(
      shape.keywords.merging([
        "$schema": "http://json-schema.org/draft-07/schema#", "title": .text(title),
      ]) { $1 })
  }
}
