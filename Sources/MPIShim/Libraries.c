#define _GNU_SOURCE
#include "Libraries.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

enum { most_libraries = 512 };

typedef struct {
  const char *names[most_libraries];
  size_t count;
} libraries;

// Names only: opening one takes the lock that is held here.
static int note_library(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  libraries *found = context;
  int is_of_mpi = strstr(info->dlpi_name, "/openmpi") || strstr(info->dlpi_name, "/pmix");
  if (is_of_mpi && found->count < most_libraries) found->names[found->count++] = info->dlpi_name;
  return 0;
}

void mpis_keep_libraries(void) {
  libraries found = {.count = 0};
  dl_iterate_phdr(note_library, &found);
  for (size_t i = 0; i < found.count; i++)
    dlopen(found.names[i], RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}
