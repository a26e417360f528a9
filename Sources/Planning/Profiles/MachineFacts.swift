/// Where and when something was measured.
public struct MachineFacts: Codable, Sendable, Equatable {
  /// The host's name.
  public var host: String
  /// The processor's name.
  public var processor: String
  /// The cores that this process may use.
  public var cores: Int
  /// Whose kernels OpenBLAS took.
  public var coreType: String
  /// The width of our own kernels.
  public var lanes: String
  /// Bytes of memory.
  public var memory: Double
  /// Bytes that are free in /dev/shm.
  public var sharedMemory: Double
  /// When, in ISO 8601.
  public var date: String
  /// The load of the last minute when it began: above 0.5, somebody else was at work.
  public var load: Double

  /// All facts.
  public init(
    host: String, processor: String, cores: Int, coreType: String, lanes: String, memory: Double,
    sharedMemory: Double, date: String, load: Double
  ) {
    (self.host, self.processor, self.cores) = (host, processor, cores)
    (self.coreType, self.lanes, self.memory) = (coreType, lanes, memory)
    (self.sharedMemory, self.date, self.load) = (sharedMemory, date, load)
  }
}
