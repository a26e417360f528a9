/// The checksum of TensorBoard's records: CRC-32C (Castagnoli), as RFC 3720 has it, masked as records want it.
enum CRC32C {
  /// What each byte does to a sum: the polynomial 0x1EDC6F41 with its bits turned around.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
  }

  /// The sum of some bytes.
  static func sum(of bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in sum >> 8 ^ table[Int((sum ^ UInt32(byte)) & 0xFF)] }
  }

  /// The sum turned by 15 bits, plus a constant: sums of data that hold sums are else no good.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let sum = sum(of: bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
