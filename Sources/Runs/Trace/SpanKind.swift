/// What a span is, for its colour.
enum SpanKind: String, CaseIterable {
  case load, forward, wait, message, head, backward, step, sum, project, settle, other

  /// The kind of a span of this name.
  init(_ name: String) {
    let first = name.split(whereSeparator: { $0 == " " || $0 == "/" }).first.map(String.init) ?? ""
    switch first {
    case "load", "sample", "open": self = .load
    case "send", "receive", "gather", "scatter": self = .message
    case "head", "loss", "feature": self = .head
    case "step", "update": self = .step
    case "forward", "wait", "backward", "sum", "project", "settle":
      self = SpanKind(rawValue: first) ?? .other
    default: self = .other
    }
  }

  /// What the legend calls it.
  var words: String {
    switch self {
    case .load: "samples"
    case .forward: "forward"
    case .wait: "waiting"
    case .message: "messages"
    case .head: "head, loss"
    case .backward: "backward"
    case .step: "step"
    case .sum: "sums of replicas"
    case .project: "projection"
    case .settle: "absorption"
    case .other: "other"
    }
  }

  /// Its fill: light enough for dark letters, on pages of any colour. (After Okabe and Ito, whose colours people
  /// who see fewer can tell apart.)
  var colour: String {
    switch self {
    case .load: "#c9c2e8"
    case .forward: "#7cc0ee"
    case .wait: "none"
    case .message: "#b8bec6"
    case .head: "#f0a54a"
    case .backward: "#7ccaa5"
    case .step: "#e9d758"
    case .sum: "#d9a0c4"
    case .project: "#e8875f"
    case .settle: "#e3bfa0"
    case .other: "#d3d6da"
    }
  }
}
