import Exchange
import Foundation
import MPI
import Tensors

/// Looks at the machine as a trainer would: facts first, then what could be better.
public struct Doctor {
  /// A message without content, and gradients of 6 x 512 and 101 x 768 numbers.
  private static let pingSizes = [0, 12 << 10, 303 << 10]
  private static let pingRounds = 200
  private static let sgemmSize = 1024

  private let console: Console
  private var advice: [String] = []

  /// A doctor who speaks on `console`.
  public init(_ console: Console) { self.console = console }

  /// Says what was found in this process, and measures a product of matrices for a second.
  public mutating func examine() {
    note("antiphon", "\(AntiphonVersion.current), Swift \(AntiphonVersion.compiler)")
    note("Open MPI", MPIWorld.libraryVersion)
    note("OpenBLAS", BLAS.configuration)
    note("core type", "\(BLAS.coreName), \(Threads.count) threads a worker")
    note("cores", "\(MPIWorld.coreCount)")
    note("/dev/shm", "\(Numerals.bytes(LaunchDefaults.freeSharedMemory)) free")
    Threads.count = 1
    note("sgemm", "\(Numerals.decimals(Self.sgemmGigaflops(seconds: 1), 0)) GFLOP/s on one core")
    if let type = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] {
      advice.append(
        "OPENBLAS_CORETYPE=\(type) overrides OpenBLAS's own choice; unset it, unless it is faster")
    }
    if LaunchDefaults.freeSharedMemory < 256 << 20 {
      advice.append(
        "little shared memory is free, so the ranks of a node have a slower path; give a container more, such as --shm-size=1g"
      )
    }
    if MPIWorld.coreCount < 2 {
      advice.append("one core is one worker's worth; modalities will compute one after the other")
    }
    if let load = Self.load, load > Double(MPIWorld.coreCount) {
      advice.append(
        "the machine is busy (load \(Numerals.decimals(load, 1)) on \(MPIWorld.coreCount) cores): all times here are too long, and so will be those of a run"
      )
    }
  }

  /// Measures how long messages take to the next rank and back.
  public mutating func ping(_ endpoint: Endpoint, world: MPIWorld) throws {
    guard endpoint.worldSize > 1 else { return }
    let other = try endpoint.receive(.probe, from: 1) { try $0.readText() }
    note("hosts", "rank 0 on \(world.hostName), rank 1 on \(other)")
    for size in Self.pingSizes {
      let time = try LatencyProbe.measure(
        endpoint, with: 1, byteCount: size, rounds: Self.pingRounds)
      note("ping", "\(Numerals.decimals(time.seconds * 1e6, 1)) us for \(Numerals.bytes(size))")
    }
  }

  /// The other side of `ping`.
  public static func answerPing(_ endpoint: Endpoint, world: MPIWorld) throws {
    guard endpoint.worldRank == 1 else { return }
    let host = endpoint.frame(.probe)
    host.append(world.hostName)
    try endpoint.send(host, to: 0)
    for _ in pingSizes { try LatencyProbe.answer(endpoint, to: 0, rounds: pingRounds) }
  }

  /// Says what could be better.
  public func advise() {
    for line in advice { note("advice", line) }
    if advice.isEmpty { note("advice", "none: everything is as it should be") }
  }

  private func note(_ name: String, _ text: String) {
    console.say(name.padding(toLength: 12, withPad: " ", startingAt: 0) + text)
  }

  /// The average number of processes that wanted a core in the last minute.
  private static var load: Double? {
    var loads = [0.0]
    return getloadavg(&loads, 1) == 1 ? loads[0] : nil
  }

  private static func sgemmGigaflops(seconds: Double) -> Double {
    let n = sgemmSize
    let a = Tensor([n], capacity: n)
    let b = Tensor([n], capacity: n)
    let c = Tensor([n], capacity: n)
    for index in 0..<n * n {
      a.values[index] = Float(index % 7) - 3
      b.values[index] = Float(index % 5) - 2
    }
    // The first product is not timed: it sets up OpenBLAS's buffers.
    BLAS.multiply(a.values, b.values, into: c.values, m: n, n: n, k: n)
    let began = ContinuousClock.now
    var products = 0
    repeat {
      BLAS.multiply(a.values, b.values, into: c.values, m: n, n: n, k: n)
      products += 1
    } while (ContinuousClock.now - began).seconds < seconds
    let operations = 2 * Double(n) * Double(n) * Double(n) * Double(products)
    return operations / (ContinuousClock.now - began).seconds / 1e9
  }
}
