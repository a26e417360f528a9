import Foundation
import MPI

/// A job that runs while a test does something to it: sends signals, stops ranks, looks at files.
public final class LiveJob {
  /// The process that was started: mpirun, or the program itself.
  public let pid: Int32
  private let process = Process()
  private let scratch: Scratch

  /// Starts `arguments[0]`, found in PATH, with the others.
  public init(_ arguments: [String], environment changes: [String: String] = [:]) throws {
    scratch = try Scratch()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(changes) { $1 }
    process.standardInput = FileHandle.nullDevice
    for name in ["output", "errors"] { try scratch.write("", to: name) }
    process.standardOutput = FileHandle(forWritingAtPath: scratch["output"])
    process.standardError = FileHandle(forWritingAtPath: scratch["errors"])
    // The threads that tests run on block most signals, and a child inherits that.
    var (none, blocked) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &blocked)
    defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
    try process.run()
    pid = process.processIdentifier
  }

  /// Starts `executable` as ranks under mpirun.
  public static func ranks(
    _ count: Int, _ executable: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> LiveJob {
    let defaults = LaunchDefaults(rankCount: count)
    return try LiveJob(
      ["mpirun"] + defaults.arguments + [MPIRun.path(of: executable)] + arguments,
      environment: defaults.environment.merging(environment) { $1 })
  }

  deinit { if process.isRunning { end(by: SIGKILL) } }

  /// What it wrote to standard output so far.
  public var output: String { scratch.text("output") ?? "" }
  /// What it wrote to standard error so far.
  public var errors: String { scratch.text("errors") ?? "" }

  /// Waits until `condition` holds; false if it does not within so many seconds, or the job ends.
  public func wait(atMost seconds: Double = 60, until condition: () -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while !condition() {
      guard process.isRunning, Date() < end else { return condition() }
      usleep(20_000)
    }
    return true
  }

  /// Waits for the end; nil, and an end by force, if it does not come within so many seconds.
  public func outcome(within seconds: Double) -> MPIRun.Outcome? {
    let end = Date().addingTimeInterval(seconds)
    while process.isRunning {
      guard Date() < end else {
        self.end(by: SIGKILL)
        return nil
      }
      usleep(10_000)
    }
    process.waitUntilExit()
    let status = Int(process.terminationStatus)
    return MPIRun.Outcome(
      status: process.terminationReason == .uncaughtSignal ? 128 + status : status, output: output,
      errors: errors)
  }

  /// Sends a signal to the process that was started.
  public func send(_ signal: Int32) { kill(pid, signal) }

  /// Sends a signal to its process group, as a terminal does.
  public func sendToGroup(_ signal: Int32) {
    let group = getpgid(pid)
    kill(group == getpgrp() ? pid : -group, signal)
  }

  /// The process and all that it started.
  public var processes: [Int32] {
    var found = [pid]
    var next = 0
    while next < found.count {
      found += Self.children(of: found[next])
      next += 1
    }
    return found
  }

  /// The process of a rank on this node.
  public func process(ofRank rank: Int) -> Int32? {
    processes.first { pid in
      let variables = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
      return variables.split(separator: 0).contains(Data("OMPI_COMM_WORLD_RANK=\(rank)".utf8))
    }
  }

  /// Those of `processes` that still live after so many seconds.
  public static func survivors(of processes: [Int32], after seconds: Double) -> [Int32] {
    let end = Date().addingTimeInterval(seconds)
    while true {
      let alive = processes.filter(isAlive)
      if alive.isEmpty || Date() >= end { return alive }
      usleep(20_000)
    }
  }

  /// The seconds of processor time that a process has used; 0 if it is gone.
  public static func processorTime(of pid: Int32) -> Double {
    let data = FileManager.default.contents(atPath: "/proc/\(pid)/schedstat") ?? Data()
    let nanoseconds = String(decoding: data, as: UTF8.self).split(separator: " ").first
    return (nanoseconds.flatMap { Double($0) } ?? 0) * 1e-9
  }

  private func end(by signal: Int32) { for pid in processes { kill(pid, signal) } }

  private static func children(of pid: Int32) -> [Int32] {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
    return threads.flatMap { thread in
      let list = FileManager.default.contents(atPath: "/proc/\(pid)/task/\(thread)/children")
      return String(decoding: list ?? Data(), as: UTF8.self)
        .split(separator: " ").compactMap { Int32($0) }
    }
  }

  /// Whether a signal has stopped a process.
  public static func isStopped(_ pid: Int32) -> Bool { state(of: pid) == "T" }

  /// Whether a process runs; one that has ended and was not waited for does not.
  private static func isAlive(_ pid: Int32) -> Bool {
    state(of: pid).map { $0 != "Z" && $0 != "X" } ?? false
  }

  /// The kernel's letter for what a process does; nil: there is none.
  private static func state(of pid: Int32) -> Character? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: ")").last?.first { $0 != " " }
  }
}
