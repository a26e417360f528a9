#define _GNU_SOURCE
#include "Room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int32_t mpis_take_room(const char *folder, int64_t byte_count) {
  char path[PATH_MAX];
  int length = snprintf(path, sizeof path, "%s/antiphon-room.%d", folder, (int)getpid());
  if (length < 0 || (size_t)length >= sizeof path) return -1;
  int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  unlink(path);
  if (fallocate(file, 0, 0, byte_count) == 0) return file;
  close(file);
  return -1;
}

static char segment[PATH_MAX];

// The file of this rank among the segments that it has mapped, "vader_segment.HOST.USER.JOB.RANK".
static int find_segment(int local_rank) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (!maps) return 0;
  char *line = NULL, end[16];
  size_t capacity = 0;
  snprintf(end, sizeof end, ".%d", local_rank);
  int found = 0;
  while (!found && getline(&line, &capacity, maps) > 0) {
    line[strcspn(line, "\n")] = 0;
    char *path = strchr(line, '/'), *name = strrchr(line, '/');
    if (!path || strncmp(name, "/vader_segment.", 15) != 0) continue;
    char *last = strrchr(name, '.');
    if (strcmp(last, end) != 0 || strlen(path) >= sizeof segment) continue;
    strcpy(segment, path);
    found = 1;
  }
  free(line);
  fclose(maps);
  return found;
}

int32_t mpis_fill_segment(int32_t local_rank, int64_t *byte_count, char *folder, size_t capacity) {
  *byte_count = 0;
  if (!find_segment(local_rank)) return 0;
  snprintf(folder, capacity, "%.*s", (int)(strrchr(segment, '/') - segment), segment);
  int file = open(segment, O_RDWR | O_CLOEXEC);
  if (file < 0) return errno;
  struct stat status;
  int code = fstat(file, &status) == 0 ? 0 : errno;
  if (code == 0) {
    *byte_count = status.st_size;
    // Not posix_fallocate: where a file system cannot do it, that would write zeros over what other
    // ranks write at the same time.
    do code = fallocate(file, 0, 0, status.st_size) == 0 ? 0 : errno;
    while (code == EINTR);
  }
  close(file);
  // A file system that cannot tell is left as it is.
  return code == EOPNOTSUPP || code == EINVAL ? 0 : code;
}

void mpis_remove_segment(void) {
  if (segment[0]) unlink(segment);
}
