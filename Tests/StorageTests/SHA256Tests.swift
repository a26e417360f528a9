import Testing

@testable import Storage

@Suite struct SHA256Tests {
  /// FIPS 180-4's examples (NIST, SHA256.pdf and the long message of its test vectors).
  @Test func `the digests are those of the standard's examples`() {
    #expect(
      SHA256.hex(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hex(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    #expect(
      SHA256.hex(of: twoBlocks.utf8)
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      SHA256.hex(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `pieces of any length make the digest of the whole`() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for length in [1, 3, 63, 64, 65, 299] {
      var digest = SHA256()
      for start in stride(from: 0, to: bytes.count, by: length) {
        digest.update(bytes[start..<min(start + length, bytes.count)])
      }
      #expect(digest.hex == SHA256.hex(of: bytes))
    }
  }

  @Test func `asking for the digest does not end it`() {
    var digest = SHA256()
    digest.update(Array("ab".utf8))
    _ = digest.hex
    var copy = digest
    digest.update(Array("c".utf8))
    #expect(digest.hex == SHA256.hex(of: Array("abc".utf8)))
    copy.update(Array("d".utf8))
    #expect(copy.hex == SHA256.hex(of: Array("abd".utf8)))
  }
}
