#include "ProductWorkspace.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void) {
  if (pthread_key_create(&key, free) != 0) abort();
}

void *product_workspace(void) {
  pthread_once(&once, make_key);
  void *memory = pthread_getspecific(key);
  if (memory) return memory;
  memory = aligned_alloc(64, PRODUCT_WORKSPACE_BYTES);
  if (!memory || pthread_setspecific(key, memory) != 0) abort();
  return memory;
}
