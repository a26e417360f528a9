/// Options of `stand_in`: an encoder that takes time and no core, for experiments on scaling. Where there are
/// more ranks than cores, what real encoders take says nothing about how ranks work together.
public struct StandInOptions: Sendable, Equatable {
  /// The milliseconds that training takes for a sample: two fifths of it forward, three fifths backward.
  public var sampleMilliseconds = 0.1

  /// The defaults.
  public init() {}
}
