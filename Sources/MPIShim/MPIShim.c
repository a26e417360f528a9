#include "MPIShim.h"

#include <mpi.h>
#include <string.h>
#include <sys/prctl.h>

_Static_assert(sizeof(MPI_Request) <= sizeof(mpis_handle), "a request must fit");
_Static_assert(sizeof(MPI_Message) <= sizeof(mpis_handle), "a message must fit");

// Everything is exchanged as bytes under one tag: a message names its kind itself.
enum { tag = 0 };

static void copy_text(const char *from, size_t length, char *to, size_t capacity) {
  if (capacity == 0) return;
  if (length >= capacity) length = capacity - 1;
  memcpy(to, from, length);
  to[length] = 0;
}

int32_t mpis_initialise(void) {
  int provided = 0;
  mpis_hush_connections();
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (code != MPI_SUCCESS) return code;
  return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

int32_t mpis_finalise(void) {
  mpis_keep_libraries();
  return MPI_Finalize();
}

int32_t mpis_is_running(void) {
  int begun = 0, ended = 0;
  MPI_Initialized(&begun);
  MPI_Finalized(&ended);
  return begun && !ended;
}

void mpis_abort(int32_t status) { MPI_Abort(MPI_COMM_WORLD, status); }

int32_t mpis_rank(int32_t *rank) { return MPI_Comm_rank(MPI_COMM_WORLD, rank); }

int32_t mpis_size(int32_t *size) { return MPI_Comm_size(MPI_COMM_WORLD, size); }

int32_t mpis_node_size(int32_t *size, int32_t *local_rank) {
  MPI_Comm node;
  int code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  if (code != MPI_SUCCESS) return code;
  code = MPI_Comm_size(node, size);
  if (code == MPI_SUCCESS) code = MPI_Comm_rank(node, local_rank);
  MPI_Comm_free(&node);
  return code;
}

int32_t mpis_processor_name(char *text, size_t capacity) {
  char name[MPI_MAX_PROCESSOR_NAME];
  int length = 0;
  int code = MPI_Get_processor_name(name, &length);
  copy_text(name, code == MPI_SUCCESS ? (size_t)length : 0, text, capacity);
  return code;
}

int32_t mpis_library_version(char *text, size_t capacity) {
  char version[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  int code = MPI_Get_library_version(version, &length);
  copy_text(version, code == MPI_SUCCESS ? (size_t)length : 0, text, capacity);
  return code;
}

void mpis_error_text(int32_t error, char *text, size_t capacity) {
  char words[MPI_MAX_ERROR_STRING];
  int length = 0;
  int code = MPI_Error_string(error, words, &length);
  copy_text(words, code == MPI_SUCCESS ? (size_t)length : 0, text, capacity);
}

int32_t mpis_probe(int32_t source, int32_t *found, mpis_handle *message, int64_t *byte_count) {
  MPI_Message arrived;
  MPI_Status status;
  int code = MPI_Improbe(source, tag, MPI_COMM_WORLD, found, &arrived, &status);
  // Open MPI looks first, and only then lets in what has come: a message that has been there for
  // long may be seen by the second look alone, and whoever sleeps after the first has nobody left
  // to ring for it.
  if (code == MPI_SUCCESS && !*found)
    code = MPI_Improbe(source, tag, MPI_COMM_WORLD, found, &arrived, &status);
  if (code != MPI_SUCCESS || !*found) return code;
  memcpy(&message->bits, &arrived, sizeof arrived);
  MPI_Count count = 0;
  code = MPI_Get_elements_x(&status, MPI_BYTE, &count);
  *byte_count = count;
  return code;
}

int32_t mpis_peek(int32_t source, int32_t *found) {
  return MPI_Iprobe(source, tag, MPI_COMM_WORLD, found, MPI_STATUS_IGNORE);
}

int32_t mpis_receive(mpis_handle *message, void *bytes, int32_t byte_count, mpis_handle *request) {
  MPI_Message arrived;
  MPI_Request started;
  memcpy(&arrived, &message->bits, sizeof arrived);
  int code = MPI_Imrecv(bytes, byte_count, MPI_BYTE, &arrived, &started);
  if (code == MPI_SUCCESS) memcpy(&request->bits, &started, sizeof started);
  return code;
}

int32_t mpis_send(const void *bytes, int32_t byte_count, int32_t target, mpis_handle *request) {
  MPI_Request started;
  int code = MPI_Isend(bytes, byte_count, MPI_BYTE, target, tag, MPI_COMM_WORLD, &started);
  if (code == MPI_SUCCESS) memcpy(&request->bits, &started, sizeof started);
  return code;
}

int32_t mpis_test(mpis_handle *request, int32_t *done) {
  MPI_Request asked;
  memcpy(&asked, &request->bits, sizeof asked);
  int code = MPI_Test(&asked, done, MPI_STATUS_IGNORE);
  memcpy(&request->bits, &asked, sizeof asked);
  return code;
}

void mpis_sleep_precisely(void) { prctl(PR_SET_TIMERSLACK, 1000UL); }
