#pragma once

// Signals that ask a rank to end.
#include <stdint.h>

/// Lets SIGINT, SIGTERM and SIGUSR1 set a flag. One that comes a second or more after the first
/// ends the process as usual.
int32_t mpis_catch_signals(void);
/// The signal that came first, or 0.
int32_t mpis_caught_signal(void);
