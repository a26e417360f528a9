#include "Signals.h"

#include <signal.h>

#include "Clock.h"

// What a launcher repeats at once comes within this many milliseconds.
enum { AT_ONCE = 200, LAST_WORDS = 1000 };

static volatile sig_atomic_t caught = 0;
static volatile sig_atomic_t requested = 0;
static volatile sig_atomic_t gentle = 0;
static volatile sig_atomic_t term_requests = 0;
static volatile int64_t caught_at = 0;
static volatile int64_t requested_at = 0;

// The first one asks, and a later one requests. What follows the request at once is the launcher's
// way of making sure (mpirun sends SIGTERM again whenever another rank has gone) and must not cut
// this rank's last words off; what comes later is somebody who wants it to end now.
static void remember(int number) {
  const int64_t now = milliseconds();
  if (requested != 0) {
    if (now - requested_at < LAST_WORDS) return;
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  const int is_first = caught == 0;
  const int is_hard = number == SIGTERM && term_requests;
  if (is_first) {
    caught_at = now;
    caught = number;
  }
  if (is_first ? is_hard || !gentle : is_hard || now - caught_at >= AT_ONCE) {
    requested_at = now;
    requested = 1;
  }
}

int32_t mpis_catch_signals(int32_t is_term_hard) {
  term_requests = is_term_hard;
  struct sigaction action = {0};
  action.sa_handler = remember;
  // Reads and writes go on after the signal; nanosleep returns early all the same, so a wait
  // notices at once.
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  const int signals[] = {SIGINT, SIGTERM, SIGUSR1};
  for (int i = 0; i < 3; i++) {
    if (sigaction(signals[i], &action, 0) != 0) return 1;
    // Whoever started us may have blocked them: threads of Dispatch do, and children inherit it.
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signals[i]);
    if (sigprocmask(SIG_UNBLOCK, &one, 0) != 0) return 1;
  }
  return 0;
}

int32_t mpis_caught_signal(void) { return caught; }

int32_t mpis_is_end_requested(void) { return requested; }

void mpis_be_gentle(void) { gentle = 1; }
