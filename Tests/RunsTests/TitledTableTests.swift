import Testing

@testable import Runs

/// Tables as files have them.
@Suite struct TitledTableTests {
  private static let table = TitledTable(
    name: "results", title: "a_b & 50 %", header: ["method", "accuracy %"],
    rows: [["x|y, \"z\"", "96.05 ± 0.40"], ["{#$^~\\}", "-"]])

  @Test func `Markdown, LaTeX and CSV show what a name holds`() {
    #expect(
      Self.table.markdown == """
        ## a_b & 50 %

        | method | accuracy % |
        | --- | ---: |
        | x\\|y, "z" | 96.05 ± 0.40 |
        | {#$^~\\} | - |

        """)
    #expect(
      Self.table.latex == """
        \\begin{table}
        \\caption{a\\_b \\& 50 \\%}
        \\label{tab:results}
        \\begin{tabular}{lr}
        \\hline
        method & accuracy \\% \\\\
        \\hline
        x$|$y, "z" & 96.05 $\\pm$ 0.40 \\\\
        \\{\\#\\$\\textasciicircum{}\\textasciitilde{}\\textbackslash{}\\} & - \\\\
        \\hline
        \\end{tabular}
        \\end{table}

        """)
    #expect(Self.table.csv == "method,accuracy %\n\"x|y, \"\"z\"\"\",96.05 ± 0.40\n{#$^~\\},-\n")
  }
}
