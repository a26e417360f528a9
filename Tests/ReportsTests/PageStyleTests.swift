import Foundation
import Testing

@testable import Plots
@testable import Reports

/// Whether what pages are drawn with can be seen: contrasts after WCAG 2.1.
@Suite struct PageStyleTests {
  @Test(arguments: [PageStyle.Inks.light, .dark])
  func `text is at least 4.5 to 1 against what is behind it`(_ inks: PageStyle.Inks) {
    for paper in [inks.paper, inks.panel] {
      #expect(contrast(inks.ink, paper) >= 4.5)
      #expect(contrast(inks.soft, paper) >= 4.5, "\(contrast(inks.soft, paper))")
    }
    #expect(contrast(inks.warning, inks.warningPaper) >= 4.5)
  }

  @Test func `lines and areas are at least 3 to 1 against the paper`() {
    for (colours, inks) in [
      (Picture.lightColours, PageStyle.Inks.light), (Picture.darkColours, .dark),
    ] {
      for colour in colours {
        #expect(contrast(colour, inks.paper) >= 3, "\(colour)")
        #expect(contrast(colour, inks.panel) >= 3, "\(colour)")
      }
    }
  }

  @Test func `a contrast is that of WCAG`() {
    // Black on white is 21; #777777 on white is known to be 4.48.
    #expect(abs(contrast("#000000", "#ffffff") - 21) < 1e-9)
    #expect(abs(contrast("#777777", "#ffffff") - 4.48) < 5e-3)
  }

  /// (L1 + 0.05) / (L2 + 0.05) of relative luminances.
  private func contrast(_ first: String, _ second: String) -> Double {
    let lights = [first, second].map(luminance).sorted()
    return (lights[1] + 0.05) / (lights[0] + 0.05)
  }

  private func luminance(_ colour: String) -> Double {
    let value = Int(colour.dropFirst(), radix: 16) ?? 0
    let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
      let share = Double(part) / 255
      return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}
