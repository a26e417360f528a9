#pragma once

// The few MPI routines that Antiphon needs, without one word of <mpi.h>: its handles are macros
// over implementation types that Swift cannot import. Every routine returns MPI's code, 0 for
// success. All of them belong to the main thread (MPI_THREAD_FUNNELED). NAME.h declares what NAME.c
// defines.

#include <stddef.h>
#include <stdint.h>

#include "Bells.h"
#include "Cores.h"
#include "Libraries.h"
#include "Room.h"
#include "SharedMemory.h"
#include "Signals.h"
#include "Watch.h"
#include "Words.h"

/// Room for an MPI_Request or an MPI_Message of any implementation.
typedef struct {
  void *bits;
} mpis_handle;

/// Initialises MPI; errors on the world communicator come back as codes from here on.
int32_t mpis_initialise(void);
/// Waits for all ranks and ends MPI. Never on an error path: the others may never come.
int32_t mpis_finalise(void);
/// Whether MPI is between `mpis_initialise` and `mpis_finalise`.
int32_t mpis_is_running(void);
/// Ends all ranks of the job with this status. Returns only if MPI could not do it.
void mpis_abort(int32_t status);

/// This rank's number.
int32_t mpis_rank(int32_t *rank);
/// The number of ranks.
int32_t mpis_size(int32_t *size);
/// The number of ranks that share this rank's node, and this one's number among them. Collective.
int32_t mpis_node_size(int32_t *size, int32_t *local_rank);
/// The node's name, cut to `capacity` with its closing zero.
int32_t mpis_processor_name(char *text, size_t capacity);
/// The library's name and version, cut to `capacity` with its closing zero.
int32_t mpis_library_version(char *text, size_t capacity);
/// MPI's own words for a code, cut to `capacity` with their closing zero.
void mpis_error_text(int32_t code, char *text, size_t capacity);

/// Looks for a message from `source`; if `found`, takes it out of the queue as `message`.
int32_t mpis_probe(int32_t source, int32_t *found, mpis_handle *message, int64_t *byte_count);
/// Looks for a message from `source`, and leaves it in the queue.
int32_t mpis_peek(int32_t source, int32_t *found);
/// Starts to receive a message that `mpis_probe` found.
int32_t mpis_receive(mpis_handle *message, void *bytes, int32_t byte_count, mpis_handle *request);
/// Starts to send; `bytes` must stay until `mpis_test` says done.
int32_t mpis_send(const void *bytes, int32_t byte_count, int32_t target, mpis_handle *request);
/// Asks whether a request is done, and lets MPI move everything else meanwhile.
int32_t mpis_test(mpis_handle *request, int32_t *done);

/// Makes this thread's short sleeps end within 1 us of their time instead of 50 us.
void mpis_sleep_precisely(void);
