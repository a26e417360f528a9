import Glibc

/// The keys of the terminal, one at a time, without the line that they would make.
final class Keyboard {
  private var before: termios?
  private var isOpen: Bool

  /// Listens, where somebody can type.
  init() {
    // A program in the background would be stopped if it changed the terminal.
    isOpen = isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp()
    var settings = termios()
    guard isOpen, tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
    before = settings
    settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
  }

  /// Gives the terminal back as it was.
  func restore() {
    guard var settings = before else { return }
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    before = nil
  }

  /// Waits so many seconds; true at once where `q` is typed.
  func isAskedToEnd(within seconds: Double) -> Bool {
    let milliseconds = Int32(seconds * 1000)
    guard isOpen else {
      usleep(UInt32(milliseconds) * 1000)
      return false
    }
    var waited = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&waited, 1, milliseconds) > 0 else { return false }
    var key: UInt8 = 0
    // Where nobody will ever type again, it is not asked for any more.
    guard read(STDIN_FILENO, &key, 1) == 1 else {
      isOpen = false
      return false
    }
    return key == UInt8(ascii: "q") || key == UInt8(ascii: "Q")
  }

  /// The size of the terminal now: it may change while it is written to.
  static var terminalSize: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
