#define _GNU_SOURCE
#include "SharedMemory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static int32_t map(int file, int64_t byte_count, void **start) {
  // What is not mapped at once is mapped page by page in the first training step.
  void *place =
      mmap(NULL, (size_t)byte_count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (place == MAP_FAILED) return errno;
  *start = place;
  return 0;
}

// A new file under a name that nobody has; `Leftovers.swift` knows how it begins.
static int create(const char *folder, char *path, size_t capacity) {
  static int made;
  struct utsname host;
  if (uname(&host) != 0) return -1;
  for (int tries = 0; tries < 100; tries++) {
    int length = snprintf(path, capacity, "%s/antiphon_shared.%s.%d.%d", folder, host.nodename,
                          (int)getpid(), made++);
    if (length < 0 || (size_t)length >= capacity) {
      errno = ENAMETOOLONG;
      return -1;
    }
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0 || errno != EEXIST) return file;
  }
  return -1;
}

int32_t mpis_make_shared(const char *folder, int64_t byte_count, char *path, size_t capacity,
                         void **start) {
  int file = create(folder, path, capacity);
  if (file < 0) return errno;
  int32_t code;
  // Without its room, whoever writes to a page that the folder cannot have dies of SIGBUS.
  do code = posix_fallocate(file, 0, byte_count);
  while (code == EINTR);
  if (code == 0) code = map(file, byte_count, start);
  close(file);
  if (code != 0) unlink(path);
  return code;
}

int32_t mpis_open_shared(const char *path, int64_t byte_count, void **start) {
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return errno;
  struct stat status;
  int32_t code = fstat(file, &status) == 0 ? 0 : errno;
  if (code == 0 && status.st_size != byte_count) code = EINVAL;
  if (code == 0) code = map(file, byte_count, start);
  close(file);
  return code;
}

void mpis_close_shared(void *start, int64_t byte_count) { munmap(start, (size_t)byte_count); }
