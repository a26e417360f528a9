#pragma once

// A thread that looks after a rank while its main thread cannot: inside of MPI calls that wait for
// other ranks, and where those who started it have gone. It ends the process; it handles no
// signals.
#include <stdint.h>

/// Starts the thread. If `has_launcher`, the process ends when its parent does. Returns 0, or what
/// the system says. Time in which this process does not run counts for nothing.
int32_t mpis_watch(int32_t has_launcher);
/// What the main thread does from now on may take `seconds`, and ends at once when a signal has
/// asked for the end. Afterwards the process says `sentence` and ends with `status`.
///
/// If `marks` is a folder, the files `rank-N` there tell which of the `ranks` ranks are missing:
/// each rank's thread touches its own once a second until `mpis_watch_end`, which renames it
/// `rank-N.ready`.
void mpis_watch_begin(double seconds, const char *sentence, int32_t status, const char *marks,
                      int32_t rank, int32_t ranks);
/// It is done.
void mpis_watch_end(void);
