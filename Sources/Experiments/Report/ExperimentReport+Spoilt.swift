import Configuration
import MLA
import Runs
import Statistics

/// Accuracy where inputs of one modality are spoilt.
extension ExperimentReport {
  var spoiltCondition: ExperimentDescription.SpoiltCondition {
    findings.plan.description.conditions.spoilt
  }

  /// Every kind of spoilt input at every rate, with its place in a cell.
  var spoiltPlaces: [(kind: SpoiltInput, rate: Double, place: (kind: Int, rate: Int))] {
    spoiltCondition.kinds.enumerated().flatMap { kind in
      spoiltCondition.rates.enumerated().map { rate in
        (kind.element, rate.element, (kind.offset, rate.offset))
      }
    }
  }

  /// Accuracy over the share of samples of which one modality's input is spoilt.
  var spoilt: TitledTable? {
    guard !spoiltPlaces.isEmpty else { return nil }
    return table(
      "spoilt", "\(name): test accuracy %, one modality's input spoilt in a share of the samples",
      spoiltPlaces.map { "\($0.kind.rawValue) \(Numerals.decimals($0.rate, 2))" }
    ) { row in
      spoiltPlaces.map { place in
        Self.percent(row.moments { $0.spoilt[place.place.kind][place.place.rate] })
      }
    }
  }
}
