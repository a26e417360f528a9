#include "Signals.h"

#include <signal.h>
#include <time.h>

static volatile sig_atomic_t caught = 0;
static volatile int64_t caught_at = 0;

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// The first one counts. What follows at once is the launcher's way of making sure (mpirun sends
// SIGTERM again whenever another rank has gone) and must not cut this rank's last words off; what
// comes later is somebody who wants it to end now.
static void remember(int number) {
  if (caught == 0) {
    caught_at = milliseconds();
    caught = number;
  } else if (milliseconds() - caught_at >= 1000) {
    signal(number, SIG_DFL);
    raise(number);
  }
}

int32_t mpis_catch_signals(void) {
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
