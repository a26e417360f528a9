import MPIShim
import Tensors

/// A message that has arrived and that nobody else can receive any more.
public struct MPIArrival {
  fileprivate var handle = mpis_handle()
  /// Its size.
  public fileprivate(set) var byteCount = 0
}

/// A transfer under way. Its memory belongs to MPI until `MPIWorld.isDone` says so.
public struct MPITransfer {
  fileprivate var handle = mpis_handle()
}

extension MPIWorld {
  /// The largest message in bytes: MPI counts in 32 bits.
  public static var messageByteLimit: Int { Int(Int32.max) }

  /// The next message from `rank`, if one is there. Never waits.
  public func arrival(from rank: Int) throws(MPIError) -> MPIArrival? {
    var arrival = MPIArrival()
    var found: Int32 = 0
    var byteCount: Int64 = 0
    try check(mpis_probe(Int32(rank), &found, &arrival.handle, &byteCount), "MPI_Improbe")
    guard found != 0 else { return nil }
    arrival.byteCount = Int(byteCount)
    return arrival
  }

  /// Whether a message from `rank` is there, which stays where it is. Never waits.
  public func hasArrival(from rank: Int) throws(MPIError) -> Bool {
    var found: Int32 = 0
    try check(mpis_peek(Int32(rank), &found), "MPI_Iprobe")
    return found != 0
  }

  /// Starts to receive a message into `bytes`, which has room for all of it.
  public func receive(
    _ arrival: MPIArrival, into bytes: Buffer<UInt8>
  ) throws(MPIError) -> MPITransfer {
    precondition(arrival.byteCount <= min(bytes.count, Self.messageByteLimit))
    var message = arrival.handle
    var transfer = MPITransfer()
    try check(
      mpis_receive(&message, bytes.address, Int32(arrival.byteCount), &transfer.handle),
      "MPI_Imrecv")
    return transfer
  }

  /// Starts to send `bytes` to `rank`. Never waits.
  public func send(_ bytes: Buffer<UInt8>, to rank: Int) throws(MPIError) -> MPITransfer {
    precondition(bytes.count <= Self.messageByteLimit)
    var transfer = MPITransfer()
    try check(
      mpis_send(bytes.address, Int32(bytes.count), Int32(rank), &transfer.handle), "MPI_Isend")
    return transfer
  }

  /// Whether a transfer is done; asking lets MPI move all others too. Never waits.
  public func isDone(_ transfer: inout MPITransfer) throws(MPIError) -> Bool {
    var done: Int32 = 0
    try check(mpis_test(&transfer.handle, &done), "MPI_Test")
    return done != 0
  }
}

extension Buffer<UInt8> {
  /// Where the bytes are, for MPI, which goes on using them after a call: whoever has the transfer keeps
  /// the buffer until it is done.
  fileprivate var address: UnsafeMutableRawPointer? {
    withMutableSpan { $0.withUnsafeMutableBytes { $0.baseAddress } }
  }
}
