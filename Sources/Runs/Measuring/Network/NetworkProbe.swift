import Exchange
import MPI
import Planning

/// Measures every class of pair that the ranks of a job have: of one node, of different nodes.
public struct NetworkProbe {
  private let endpoint: Endpoint
  private let world: MPIWorld
  private let console: Console

  /// A probe between the ranks of `world`.
  public init(_ endpoint: Endpoint, world: MPIWorld, console: Console) {
    (self.endpoint, self.world, self.console) = (endpoint, world, console)
  }

  /// The other side of `measure`.
  public static func answer(_ endpoint: Endpoint, world: MPIWorld) throws {
    try endpoint.send(Greeting(host: world.hostName), to: 0)
    try LinkProbe(endpoint).serve()
  }

  /// Measures on rank 0.
  public func measure() throws -> NetworkProfile {
    let facts = MachineFacts.here
    var hosts = [world.hostName]
    for rank in 1..<endpoint.worldSize {
      hosts.append(try endpoint.receive(Greeting(), from: rank).host)
    }
    let probe = LinkProbe(endpoint)
    let others = Array(hosts.indices.dropFirst())
    let here = others.filter { hosts[$0] == hosts[0] }
    let away = others.filter { hosts[$0] != hosts[0] }
    let same = try link(probe, "the ranks of \(hosts[0])", here)
    let between = try link(
      probe, "\(hosts[0]) and \(away.first.map { hosts[$0] } ?? "")", away)
    let poll = try pollSeconds()
    try probe.end()
    guard let nearest = same ?? between else {
      throw RunError.notLaunched(command: "doctor --network", ranks: 2)
    }
    return NetworkProfile(
      machine: facts, hosts: Set(hosts).sorted(), sameNode: nearest, betweenNodes: between,
      poll: poll)
  }

  private func link(_ probe: LinkProbe, _ what: String, _ ranks: [Int]) throws
    -> NetworkProfile.Link?
  {
    guard let first = ranks.first else { return nil }
    let words = "measures messages between \(what)"
    console.isTerminal ? console.update(words) : console.say(words)
    let (awake, asleep) = try probe.latencies(to: first)
    let (oneWay, bothWays) = try probe.streams(to: first)
    var counts = [1]
    while let last = counts.last, last < ranks.count { counts.append(min(2 * last, ranks.count)) }
    let into = try counts.map { count in
      Curve.Point(Double(count), try probe.stream(from: Array(ranks.prefix(count))))
    }
    return .init(
      awake: awake, asleep: asleep, oneWay: oneWay, bothWays: bothWays, into: Curve(into))
  }

  /// What one look for a message takes when there is none.
  private func pollSeconds() throws -> Double {
    guard endpoint.worldSize > 1 else { return 0 }
    let looks = 1000
    let began = Stopwatch.now
    for _ in 0..<looks { _ = try world.arrival(from: 1) }
    return (Stopwatch.now - began) / Double(looks)
  }
}

/// A network profile as tables for people.
public struct NetworkReport {
  private let network: NetworkProfile

  /// The report of a network profile.
  public init(_ network: NetworkProfile) { self.network = network }

  /// Says all of it.
  public func say(on console: Console) {
    say(network.sameNode, "within a node", on: console)
    if let between = network.betweenNodes { say(between, "between nodes", on: console) }
    console.say("a look for a message takes \(Units.time(network.poll))")
  }

  private func say(_ link: NetworkProfile.Link, _ title: String, on console: Console) {
    var table = TextTable([title, "awake", "asleep"])
    for point in link.awake.points {
      table.add([
        Units.bytes(point.size), Units.time(point.value), Units.time(link.asleep(point.size)),
      ])
    }
    console.say(table)
    let into = link.into.points.map { "\(Int($0.size)) to 1 \(Units.rate($0.value))" }
    console.say(
      "streams: one way \(Units.rate(link.oneWay)), both ways \(Units.rate(link.bothWays)) each, \(into.joined(separator: ", ")); waking a rank takes \(Units.time(link.wakeUp))"
    )
    console.say("")
  }
}
