#pragma once

// Signals that ask a rank to end.
#include <stdint.h>

/// Lets SIGINT, SIGTERM and SIGUSR1 ask for the end: the first one requests it, unless the process
/// is gentle, then a second one does. One that comes a second or more after the request ends the
/// process as usual. `is_term_hard`: SIGTERM requests it in any case.
int32_t mpis_catch_signals(int32_t is_term_hard);
/// From now on the first signal only asks.
void mpis_be_gentle(void);
/// The signal that came first, or 0.
int32_t mpis_caught_signal(void);
/// Whether the end was requested.
int32_t mpis_is_end_requested(void);
