#define _GNU_SOURCE
#include "Watch.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "Clock.h"
#include "Room.h"
#include "Signals.h"

// In milliseconds: between two looks; the most that one counts for; for the main thread to end by
// itself when those who started it have gone; the status that a request to end leaves.
enum { look = 200, longest_look = 1000, farewell = 3000, asked_status = 77, orphan_status = 75 };

static pid_t parent;

// What the main thread is at, guarded by `lock`.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int is_busy;
static int64_t left;
static const char *sentence;
static int status;
static char marks[PATH_MAX - 64];
static int own_rank, rank_count;

static void pause_for(int64_t time) {
  struct timespec rest = {time / 1000, time % 1000 * 1000000};
  nanosleep(&rest, NULL);
}

static void mark_path(char *path, int rank, const char *end) {
  snprintf(path, PATH_MAX, "%s/rank-%d%s", marks, rank, end);
}

static void touch_mark(void) {
  char path[PATH_MAX];
  mark_path(path, own_rank, "");
  utimensat(AT_FDCWD, path, NULL, 0);
}

static void make_mark(void) {
  char path[PATH_MAX], host[256] = "";
  mark_path(path, own_rank, "");
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  gethostname(host, sizeof host - 1);
  dprintf(file, "%s %d\n", host, (int)getpid());
  close(file);
}

enum presence { ready, starting, stopped, absent };

// What the marks say of a rank: it has started, is about to, has not touched its mark for long, or
// has left none. `path` becomes where its mark is.
static enum presence presence_of(int rank, char *path) {
  struct stat own, other;
  mark_path(path, rank, ".ready");
  if (stat(path, &other) == 0) return ready;
  mark_path(path, own_rank, "");
  if (stat(path, &own) != 0) return ready;
  mark_path(path, rank, "");
  if (stat(path, &other) != 0) return absent;
  return own.st_mtime - other.st_mtime < 4 ? starting : stopped;
}

// Writes the ranks that are missing to `text`, if there are marks. Returns how many ranks below
// this one wait as well.
static int name_missing(char *text, size_t capacity) {
  int below = 0, count = 0;
  text[0] = 0;
  for (int rank = 0; rank < rank_count; rank++) {
    char path[PATH_MAX], host[256];
    int process;
    enum presence found = marks[0] ? presence_of(rank, path) : ready;
    if (found == ready || found == starting) {
      below += rank < own_rank;
      continue;
    }
    size_t length = strlen(text);
    snprintf(text + length, capacity - length, "%s rank %d %s", count++ ? "," : ":", rank,
             found == stopped ? "does not run" : "has not started");
    FILE *file = found == stopped ? fopen(path, "re") : NULL;
    length = strlen(text);
    if (file && fscanf(file, "%255s %d", host, &process) == 2)
      snprintf(text + length, capacity - length, " (process %d on %s)", process, host);
    if (file) fclose(file);
  }
  return rank_count > 0 ? below : own_rank;
}

static void say(const char *words, const char *detail) {
  char text[4096];
  int length = snprintf(text, sizeof text, "antiphon: error: %s%s\n", words, detail);
  if (length < 0) return;
  if ((size_t)length >= sizeof text) length = sizeof text - 1;
  ssize_t written = write(STDERR_FILENO, text, (size_t)length);
  (void)written;
}

// All ranks that wait see the same at the same time. The lowest speaks; the job's end reaches the
// others before it is their turn, though mpirun takes a second for ranks that have not started.
static void end_late(void) {
  char missing[2048];
  int64_t grace = 1500 * (int64_t)name_missing(missing, sizeof missing);
  for (int64_t waited = 0; waited < grace && waited < 6000; waited += 50) {
    pause_for(50);
    if (mpis_caught_signal() != 0) _exit(status);
  }
  say(sentence, missing);
  _exit(status);
}

static void look_after_work(int64_t passed) {
  pthread_mutex_lock(&lock);
  if (is_busy) {
    if (mpis_caught_signal() != 0) _exit(asked_status);
    left -= passed;
    if (marks[0]) touch_mark();
    if (left <= 0) end_late();
  }
  pthread_mutex_unlock(&lock);
}

static int is_alone(void) { return parent != 0 && getppid() != parent; }

static void *watch(void *context) {
  (void)context;
  int64_t last = milliseconds();
  while (!is_alone()) {
    pause_for(look);
    int64_t now = milliseconds();
    look_after_work(now - last < longest_look ? now - last : longest_look);
    last = now;
  }
  // Nobody is left who would see to the end, nor to what is in shared memory.
  mpis_remove_segment();
  kill(getpid(), SIGTERM);
  pause_for(farewell);
  _exit(orphan_status);
}

int32_t mpis_watch(int32_t has_launcher) {
  parent = has_launcher ? getppid() : 0;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int code = pthread_create(&thread, NULL, watch, NULL);
  if (code == 0) pthread_detach(thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return code;
}

void mpis_watch_begin(double seconds, const char *words, int32_t end_status, const char *folder,
                      int32_t rank, int32_t ranks) {
  pthread_mutex_lock(&lock);
  left = (int64_t)(seconds * 1000);
  free((void *)sentence);
  sentence = strdup(words);
  status = end_status;
  own_rank = rank;
  rank_count = ranks;
  snprintf(marks, sizeof marks, "%s", folder);
  if (marks[0]) make_mark();
  is_busy = 1;
  pthread_mutex_unlock(&lock);
}

void mpis_watch_end(void) {
  pthread_mutex_lock(&lock);
  is_busy = 0;
  if (marks[0]) {
    char from[PATH_MAX], to[PATH_MAX];
    mark_path(from, own_rank, "");
    mark_path(to, own_rank, ".ready");
    rename(from, to);
  }
  marks[0] = 0;
  pthread_mutex_unlock(&lock);
}
