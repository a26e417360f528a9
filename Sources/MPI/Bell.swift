import MPIShim

/// This rank's bell, which the other ranks of its node can ring: a way to sleep until there is
/// something to do. MPI itself can only ask again and again.
///
/// A counter in memory that the ranks share, and the system's way to sleep on it (futex). It tells
/// nobody what there is to do, so it orders and carries nothing: a program that hears no bell, or one
/// too many, is slower and no less right.
public enum Bell {
  /// How often it was rung.
  public static var ringCount: UInt32 { mpis_ring_count() }

  /// Sleeps until the bell has been rung more often than `heard`, a signal comes, or `duration` is
  /// over.
  ///
  /// - Precondition: another rank of the node exists: `MPIWorld.canRing` said so of one.
  public static func listen(after heard: UInt32, atMost duration: Duration) {
    let (seconds, attoseconds) = duration.components
    mpis_listen(heard, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}

extension MPIWorld {
  /// Whether that rank has a bell that this one can ring; then it can ring this one's, too.
  public func canRing(_ rank: Int) -> Bool { mpis_has_bell(Int32(rank)) != 0 }

  /// Rings the bell of `rank`, if it has one. Costs a system call only if that rank listens.
  public func ring(_ rank: Int) { mpis_ring(Int32(rank)) }
}
