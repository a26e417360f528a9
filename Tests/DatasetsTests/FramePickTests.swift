import Tensors
import Testing

@testable import Datasets

@Suite struct FramePickTests {
  private func pick(_ place: FramePick.Place, _ count: Int = 3) -> FramePick {
    var pick = FramePick()
    (pick.count, pick.place) = (count, place)
    return pick
  }

  @Test func `a frame of each third, by the authors' formulas`() {
    // 10 / 3 = 3 frames a part; the tenth is never shown.
    #expect(pick(.first).numbers(of: 10) == [0, 3, 6])
    #expect(pick(.middle).numbers(of: 10) == [1, 4, 7])
    #expect(pick(.middle).numbers(of: 12) == [2, 6, 10])
    #expect(pick(.random).numbers(of: 10) == [0, 1, 2, 3, 4, 5, 6, 7, 8])
    #expect(pick(.random).choices(of: 10) == 3)
    #expect(pick(.middle).choices(of: 10) == 1)
    #expect(pick(.first, 1).numbers(of: 7) == [0])
    #expect(pick(.middle, 1).numbers(of: 7) == [3])
  }

  @Test func `too few frames stand in several parts`() {
    for place in FramePick.Place.allCases {
      #expect(pick(place).numbers(of: 1) == [0, 0, 0])
      #expect(pick(place).numbers(of: 2) == [0, 0, 1])
      #expect(pick(place).numbers(of: 3) == [0, 1, 2])
    }
  }

  @Test func `of long parts some are chosen from, evenly, the middle among them`() {
    let numbers = pick(.random, 2).numbers(of: 200)
    #expect(numbers.count == 32)
    #expect(numbers[..<3] == [0, 6, 12])
    #expect(numbers[8] == 50)
    #expect(numbers[16] == 100)
  }

  @Test func `evaluation shows the middle, training any`() {
    let random = pick(.random)
    var nothing: SeededGenerator?
    #expect(random.choice(of: 5, random: &nothing) == 2)
    #expect(random.choice(of: 1, random: &nothing) == 0)
    let drawn = Set(
      (UInt64(0)..<100).map { seed -> Int in
        var generator: SeededGenerator? = SeededGenerator(seed: seed, stream: "test")
        return random.choice(of: 5, random: &generator)
      })
    #expect(drawn == [0, 1, 2, 3, 4])
  }
}

@Suite struct FrameFolderTests {
  private let folder: SoundFolder

  init() throws { folder = try SoundFolder() }

  @Test func `frames stand in the order of their numbers`() throws {
    for name in [
      "00010.jpg", "00009.JPG", ".hidden.jpg", "notes.txt", "b10.png", "b9.webp", "b09.jpeg",
      "a.jpg",
      "Thumbs.db", "b.png",
    ] {
      try folder.write(name, [0])
    }
    #expect(FrameFolder.isThere(folder.path))
    #expect(!FrameFolder.isThere("\(folder.path)/a.jpg"))
    #expect(
      try FrameFolder.frames(in: folder.path).map { $0.split(separator: "/").last ?? "" } == [
        "00009.JPG", "00010.jpg", "a.jpg", "b.png", "b09.jpeg", "b9.webp", "b10.png",
      ])
  }

  @Test func `a folder without frames is refused`() throws {
    try folder.write("notes.txt", [0])
    #expect(
      refusal { _ = try FrameFolder.frames(in: folder.path) }
        == "\(folder.path): holds no frames, expected pictures whose names end in .jpg, .jpeg, .png, .webp"
    )
  }
}
