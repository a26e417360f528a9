import Methods
import Testing

@Suite struct RoundTrainingTests {
  @Test func `each modality moves in its rounds alone`() throws {
    var method = RoundTraining()
    method.epochs = 2
    let digests = try SmallRun(MethodChoice(method)).digests(afterEpochs: [0, 1, 2, 3, 4])
    for epoch in 0..<4 {
      for modality in 0..<2 {
        let hasMoved = digests[epoch + 1][modality + 1] != digests[epoch][modality + 1]
        #expect(hasMoved == (epoch / 2 == modality), "epoch \(epoch), modality \(modality)")
      }
    }
  }

  @Test func `what it remembers is all that it needs to go on`() throws {
    try SmallRun(MethodChoice(RoundTraining())).expectResumable(after: 3)
  }

  @Test func `its option is read and written`() throws {
    try expectOption("{kind: rounds, epochs: 3}", of: RoundTraining.self) { $0.epochs == 3 }
    try expectRefusal(
      "{kind: rounds, epochs: 0}", of: RoundTraining.self,
      "method.epochs: found 0, expected a whole number from 1 to 1000")
  }
}
