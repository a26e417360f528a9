import Configuration
import Exchange
import Tensors

/// The rank of a modality that a run goes on without: it has no samples, so it has no turns, and says
/// nothing but what a conversation needs.
struct StandIn {
  private let endpoint: Endpoint
  private let configuration: RunConfiguration
  private let host: String
  private let isLeader: Bool

  init(_ work: Assignment.Work, endpoint: Endpoint, host: String) throws {
    self.endpoint = endpoint
    self.host = host
    isLeader = work.place.isLeader
    configuration = try work.begin(on: endpoint)
  }

  /// Stands by until the run is over.
  func takePart() throws {
    let nothing = Inventory.Split(ids: [], labels: [])
    try endpoint.send(
      Inventory(host: host, sampleShape: [1], train: nothing, test: nothing), to: 0)
    _ = try endpoint.receive(Rosters(), from: 0)
    try endpoint.send(Ready(parameterCount: 0), to: 0)
    // Its leader alone is spoken to from here on.
    guard isLeader else { return }
    endpoint.restartWaiting()
    endpoint.endGently()
    let head = Buffer<Float>(configuration.classes.count * (configuration.features + 1))
    var segment = 0
    var isLast = false
    var epoch: Int?
    while !isLast {
      let directive = try endpoint.receive(Directive(), number: segment, from: 0)
      if configuration.orderRule != nil, !directive.cycles.isEmpty, epoch != directive.epoch {
        try endpoint.receive(TurnOrder(), number: directive.epoch, from: 0)
        epoch = directive.epoch
      }
      if !directive.evaluations.isEmpty, configuration.method.headPlace == .coordinator {
        try endpoint.receive(EvaluatedHead(head), number: directive.epoch, from: 0)
      }
      if directive.isReported {
        var report = WorkerReport()
        report.waiting = endpoint.waiting
        report.peakMemoryByteCount = ProcessMemory.peakByteCount
        try endpoint.send(report, number: directive.epoch, to: 0)
      }
      if !directive.checkpoint.isEmpty {
        try endpoint.send(CheckpointPart(), number: segment, to: 0)
      }
      isLast = directive.isLast
      segment += 1
    }
  }
}
