import Foundation
import Glibc
import MPI
import Planning
import Tensors

extension MachineFacts {
  /// This machine, now.
  static var here: MachineFacts {
    var averages = [0.0, 0, 0]
    let load = getloadavg(&averages, 3) > 0 ? averages[0] : 0
    return MachineFacts(
      host: ProcessInfo.processInfo.hostName,
      processor: Machine.processor(Machine.text("/proc/cpuinfo"))?.name ?? "unknown",
      cores: MPIWorld.coreCount, coreType: BLAS.coreName, lanes: Lanes.current.rawValue,
      memory: Double(MachineMemory.hostByteCount),
      sharedMemory: Double(LaunchDefaults.freeSharedMemory),
      date: Date().formatted(.iso8601), load: load)
  }
}
