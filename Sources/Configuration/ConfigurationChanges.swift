import Storage

/// What differs between the configuration of a run and the one that it is to go on with.
public struct ConfigurationChanges {
  /// What a change does to the numbers of the run.
  private enum Effect {
    /// None on what was trained, or what is wished: more epochs, another deadline.
    case free
    /// Other bits, though all that was saved still fits.
    case inexact
    /// What was saved does not fit any more.
    case another
  }

  /// Changes after which the run goes on, but not to the bits that it would have had; a sentence each.
  public private(set) var inexact: [String] = []
  /// Changes that none of what was trained depends on.
  public private(set) var free: [String] = []
  /// Changes that make it another run, which what was saved does not fit.
  public private(set) var another: [String] = []

  /// Compares two resolved configurations, as YAML.
  ///
  /// - Parameters:
  ///   - old: what the checkpoint was written with.
  ///   - new: what the run is to go on with.
  public init(from old: String, to new: RunConfiguration) throws {
    // What an older build did not write has its default.
    let resolved = try? RunConfiguration.parse(
      old, file: "the checkpoint's configuration", baseDirectory: nil
    ).yaml
    let before = try Self.values(resolved ?? old, file: "the checkpoint's configuration")
    let after = try Self.values(new.yaml, file: "the configuration")
    let names = new.modalities.map(\.name)
    for key in Set(before.keys).union(after.keys).sorted() where before[key] != after[key] {
      let (was, now) = (before[key] ?? "nothing", after[key] ?? "nothing")
      let change = "\(key) was \(was) and is now \(now)"
      if key == "epochs", Self.ratesFollowEpochs(new) {
        inexact.append(change + ", and learning rates follow a cosine over all of them")
        continue
      }
      // These say which epochs are evaluated, and by what, where something follows from that.
      let decides =
        new.orderRule != nil && ["epochs", "evaluation.every"].contains(key)
        || new.selection.isActive
          && (["evaluation.every", "fusion.kind", "fusion.weights"].contains(key)
            || key == "epochs" && new.evaluation.every > 1)
      switch decides ? .inexact : Self.effect(of: key, modalities: names) {
      case .free: free.append(change)
      case .inexact: inexact.append(change)
      case .another: another.append(change)
      }
    }
  }

  /// Whether the learning rate of an epoch depends on how many epochs there are.
  private static func ratesFollowEpochs(_ run: RunConfiguration) -> Bool {
    ([run.optimizer] + run.modalities.map(\.optimizer)).contains {
      $0.schedule == .cosine && $0.cosineEpochs == nil
    }
  }

  /// Every value by the keys that lead to it.
  private static func values(_ yaml: String, file: String) throws -> [String: String] {
    var composer = YAMLComposer(file: file, limits: ReadingLimits(for: yaml.utf8))
    guard let root = try composer.compose(yaml) else { return [:] }
    var values: [String: String] = [:]
    func walk(_ node: ConfigurationNode) {
      switch node.content {
      case .mapping(let entries): for entry in entries { walk(entry.node) }
      case .sequence(let items) where items.count > 8: values[node.path] = "\(items.map(\.found))"
      case .sequence, .scalar: values[node.path] = node.found
      }
    }
    walk(root)
    return values
  }

  /// Keys below a section are what the section is, unless they are named themselves.
  private static func effect(of key: String, modalities: [String]) -> Effect {
    var key = key
    if let name = modalities.first(where: { key.hasPrefix("modalities.\($0.legible()).") }) {
      key = "modality." + key.dropFirst("modalities.\(name.legible()).".count)
    }
    var path = key.split(separator: ".")
    while !path.isEmpty {
      if let effect = effects[path.joined(separator: ".")] { return effect }
      path.removeLast()
    }
    return .another
  }

  private static let effects: [String: Effect] = [
    "epochs": .free, "checkpoint": .free, "evaluation": .free, "fusion": .free,
    "fusion.refit_on_all": .another,
    "fusion_weights": .free, "execution": .free, "data.root": .free,
    "execution.products": .inexact, "seed": .inexact, "data": .inexact,
    "optimizer": .inexact, "optimizer.kind": .another, "head": .inexact,
    "modality.encoder.lr_scale": .inexact, "modality.encoder.layer_decay": .inexact,
    "modality.optimizer": .inexact, "modality.optimizer.kind": .another,
    "modality.data": .inexact, "modality.augment": .inexact, "modality.missing": .inexact,
    "missing": .inexact, "class_weights": .inexact, "label_smoothing": .inexact,
    "modality.ranks": .free, "modality.shards_at_once": .free, "modality.batch_norm": .inexact,
  ]
}
