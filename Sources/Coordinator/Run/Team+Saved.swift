import Configuration
import MLA

extension Team {
  /// What is known of each modality when its weights are saved.
  func savedModalities(of configuration: RunConfiguration) -> [SavedModality] {
    func count(_ roster: Roster, _ modality: Int) -> Int { roster.samples(of: modality).count }
    let rosters = roster.rosters
    let largest = inventories.indices.map { count(rosters.train, $0) }.max() ?? 0
    return inventories.enumerated().map { modality, inventory in
      // One that the run goes on without has no samples here, but will have some.
      let trained = count(rosters.train, modality)
      return SavedModality(
        sampleShape: inventory.sampleShape, encoder: inventory.encoder,
        tokenCount: inventory.tokenCount,
        capacity: configuration.batchCapacity(
          own: trained > 0 ? trained : configuration.batchSize, largest: largest,
          evaluated: max(count(rosters.validation, modality), count(rosters.test, modality))),
        dataDigest: inventory.digest)
    }
  }
}
