import Testing

/// The checker of pointers finds what it is there to find, and nothing else.
@Suite struct PointerCheckTests {
  private func findings(_ text: String) -> [String] {
    PointerCheck.findings(in: SwiftText(path: "A.swift", text)).map(\.description)
  }

  @Test(arguments: [
    "public func read(into p: UnsafeMutablePointer<Float>) {}",
    "package func read(into p: UnsafeMutablePointer<Float>) {}",
    "open func start() -> UnsafeRawPointer { make() }",
    "@discardableResult\npublic static func f(\n  a: Int,\n  b: [UnsafePointer<Int>]? = nil\n) throws -> Int {\n  0\n}",
    "public func f<\n  P\n>(_ p: P) -> P\nwhere P == UnsafePointer<Int>\n{\n}",
    "public func f() throws\n  -> UnsafeBufferPointer<Int>\n{\n}",
    "public func f(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {}",
    "public init(_ p: OpaquePointer) {}",
    "public init?(_ p: OpaquePointer) {}",
    "public var start: UnsafeMutableRawPointer",
    "public private(set) var start: UnsafeMutableRawPointer?",
    "public var start:\n  UnsafeMutableRawPointer { base }",
    "public let start = UnsafeMutablePointer<Int>.allocate(capacity: 1)",
    "public lazy var start =\n  UnsafeMutablePointer<Int>.allocate(capacity: 1)",
    "public static let start: UnsafeMutableRawPointer = make()",
    "public subscript(index: UnsafePointer<Int>) -> Int { 0 }",
    "public typealias Start = UnsafePointer<Int>",
    "public typealias Start<T: BitwiseCopyable> = UnsafePointer<T>",
    "public struct S<T> where T == UnsafePointer<Int> { let a = 1 }",
    "public typealias F = (\n  Int, CVaListPointer\n) -> Void",
    "public func `do`(_ p: UnsafePointer<Int>) {}",
    "public static func < (a: Self, b: UnsafePointer<Int>) -> Bool { true }",
    "#if DEBUG\npublic var start: UnsafeRawPointer { x }\n#endif",
  ])
  func `a visible declaration with an address is found`(text: String) {
    #expect(findings(text).count == 1, "\(text)")
    #expect(
      findings("public final class C {\n\(text)\n}\nlet x = 1").count == 1, "in a class: \(text)")
    #expect(findings("struct S {\n  var a: Int { 1 }\n\(text)\n}").count == 1, "after: \(text)")
  }

  @Test(arguments: [
    "public func read(into p: Buffer<Float>) { let q: UnsafePointer<Float> = p.pointer }",
    "public func read() -> Int {\n  p.withUnsafeBytes { $0.count }\n}",
    "public var count: Int { UnsafeBufferPointer(start: p, count: 1).count }",
    "public var count = 1 {\n  didSet { UnsafeBufferPointer(start: p, count: 1).count }\n}",
    "public let count: Int = UnsafeBufferPointer(start: p, count: 1).count",
    "public let made: Int = {\n  let p: UnsafePointer<Int>\n  return 1\n}()",
    "func read(into p: UnsafeMutablePointer<Float>) {}",
    "private let p: UnsafePointer<Int>",
    "public let a: Int\nlet p: UnsafePointer<Int>",
    "public let a = 1\n\nprivate let p: UnsafePointer<Int>",
    "public func f() {}\nfunc g(_ p: UnsafePointer<Int>) {}",
    "/// As `UnsafePointer`.\npublic func f(a: String = \"UnsafePointer\") /* UnsafePointer */ {}",
    "public struct S {\n  let p: UnsafePointer<Int>\n  init(_ p: OpaquePointer) {}\n}",
    "public class func f() {}\nvar p: UnsafePointer<Int>",
    "extension UnsafePointer { func f() {} }",
    "struct P {\n  protocol Q { func f(_ p: UnsafePointer<Int>) }\n}",
    "@_silgen_name(\"UnsafePointer\") public func f() -> Int",
  ])
  func `what nobody else can see is left alone`(text: String) {
    #expect(findings(text) == [], "\(text)")
  }

  @Test func `members of what is public count as public`() {
    #expect(
      findings("public extension A {\n  func f(_ p: UnsafePointer<Int>) {}\n}") == [
        "2: func f has UnsafePointer"
      ])
    #expect(
      findings("public extension A {\n  private func f(_ p: UnsafePointer<Int>) {}\n}") == [])
    #expect(findings("extension A {\n  func f(_ p: UnsafePointer<Int>) {}\n}") == [])
    let requirements = """
      public protocol Source {
        var count: Int { get }
        func read(into p: UnsafeMutablePointer<Float>) throws
        associatedtype Start = UnsafePointer<Int>
        var start: UnsafeRawPointer { get }
      }
      """
    #expect(
      findings(requirements) == [
        "3: func read has UnsafeMutablePointer", "4: associatedtype Start has UnsafePointer",
        "5: var start has UnsafeRawPointer",
      ])
    #expect(findings(requirements.replacing("public", with: "")) == [])
    let cases = """
      package enum Place {
        case nowhere
        case there(UnsafePointer<Int>), here
        private var p: UnsafePointer<Int> { switch self { case .here: x; default: y } }
      }
      """
    #expect(findings(cases) == ["3: case there has UnsafePointer"])
    #expect(findings("enum E {\n  case a(UnsafePointer<Int>)\n}") == [])
    #expect(
      findings("public extension UnsafePointer {}") == [
        "1: extension UnsafePointer has UnsafePointer"
      ])
  }

  @Test func `types within types are looked into`() {
    let text = """
      extension A {
        struct B {
          public final class C {
            public func f() { g { _ in } }
            public static func h(_ p: [String: (UnsafePointer<Int>) -> Void]) {}
          }
        }
      }
      """
    #expect(findings(text) == ["5: func h has UnsafePointer"])
  }

  @Test func `a file mentions addresses in its code alone`() {
    func mentions(_ text: String) -> Bool {
      PointerCheck.mentions(SwiftText(path: "A.swift", text))
    }
    #expect(mentions("let p: UnsafePointer<Int>") && mentions("a.withUnsafeBytes { _ in }"))
    #expect(mentions("let p: OpaquePointer?"))
    #expect(
      !mentions("// Unsafe\n/* Unsafe /* */ Unsafe */ let a = \"Unsafe\", b = #\"\"Unsafe\"#"))
    #expect(!mentions("let a = \"\"\"\n  Unsafe \"quoted\" \\(b.map { \"Unsafe\" })\n  \"\"\""))
    #expect(mentions("let a = /\"/\nlet p: UnsafePointer<Int>"))
    #expect(!mentions("let a = #/ \"Unsafe\" /#\nlet p = \"Unsafe\""))
  }
}
