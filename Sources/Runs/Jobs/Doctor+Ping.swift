import Exchange
import MPI

extension Doctor {
  /// A message without content, and gradients of 6 x 512 and 101 x 768 numbers; and how many
  /// microseconds they may take within a host, and between two.
  private static let pings = [
    (size: 0, here: 20.0, away: 200.0), (12 << 10, 40, 500), (303 << 10, 500, 5000),
  ]
  /// The first messages find connections that are not made yet, and ranks that sleep.
  private static let (warmUpRounds, rounds) = (50, 200)

  /// Measures how long messages take to the next rank and back.
  public mutating func ping(_ endpoint: Endpoint, world: MPIWorld) throws {
    guard endpoint.worldSize > 1 else { return }
    let other = try endpoint.receive(Greeting(), from: 1).host
    note("hosts", "rank 0 on \(world.hostName), rank 1 on \(other)")
    for (size, here, away) in Self.pings {
      _ = try LatencyProbe.measure(
        endpoint, with: 1, byteCount: size, rounds: Self.warmUpRounds)
      let time = try LatencyProbe.measure(endpoint, with: 1, byteCount: size, rounds: Self.rounds)
      let (found, most) = (time.seconds * 1e6, world.hostName == other ? here : away)
      note(
        "ping", "\(Numerals.decimals(found, 1)) us for \(Numerals.bytes(size))",
        good: "below \(Numerals.decimals(most, 0)) us",
        advice: found < most
          ? nil
          : "messages of \(Numerals.bytes(size)) are slow: look at the load, /dev/shm, and between hosts at the network (--mpi '--mca btl_tcp_if_include …')"
      )
    }
  }

  /// The other side of `ping`.
  public static func answerPing(_ endpoint: Endpoint, world: MPIWorld) throws {
    guard endpoint.worldRank == 1 else { return }
    try endpoint.send(Greeting(host: world.hostName), to: 0)
    for _ in pings {
      try LatencyProbe.answer(endpoint, to: 0, rounds: warmUpRounds)
      try LatencyProbe.answer(endpoint, to: 0, rounds: rounds)
    }
  }

  /// Which hosts of a file the system does not know, a sentence each.
  public static func unknownHosts(_ file: HostFile, path: String) -> [String] {
    Set(file.hosts).sorted().compactMap { host in
      // With a user in front, or one of mpirun's own words for a node of an allocation.
      let name = host.split(separator: "@").last.map(String.init) ?? host
      guard !name.hasPrefix("+"), !name.hasPrefix("^"), let fault = Machine.unknownHost(name) else {
        return nil
      }
      return "warning: the host '\(name)' of \(path) does not resolve here (\(fault))"
    }
  }
}
