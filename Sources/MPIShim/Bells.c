#define _GNU_SOURCE
#include "Bells.h"

#include <linux/futex.h>
#include <mpi.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "Room.h"

// One of these for each rank of the node, in memory that they share. 128 bytes keep two of them
// from sharing a cache line, wherever MPI begins.
typedef union {
  struct {
    _Atomic uint32_t rung;       // how often; what its owner sleeps on
    _Atomic uint32_t listening;  // whether it does; otherwise ringing costs no system call
  };
  char room[128];
} bell;

static MPI_Win window = MPI_WIN_NULL;
static bell *own;
static bell **bells;  // by world rank; NULL for ranks of other nodes

// Where `node`'s ranks have their bells.
static int find_bells(MPI_Comm node) {
  int world_size, node_size;
  MPI_Group world_group, node_group;
  MPI_Comm_size(MPI_COMM_WORLD, &world_size);
  MPI_Comm_size(node, &node_size);
  MPI_Comm_group(MPI_COMM_WORLD, &world_group);
  MPI_Comm_group(node, &node_group);
  bells = calloc((size_t)world_size, sizeof *bells);
  int code = bells ? MPI_SUCCESS : MPI_ERR_NO_MEM;
  for (int rank = 0; rank < node_size && code == MPI_SUCCESS; rank++) {
    int world_rank, unit;
    MPI_Aint size;
    MPI_Group_translate_ranks(node_group, 1, &rank, world_group, &world_rank);
    code = MPI_Win_shared_query(window, rank, &size, &unit, &bells[world_rank]);
  }
  MPI_Group_free(&world_group);
  MPI_Group_free(&node_group);
  return code;
}

// Whether all ranks of `node` can have a page or two in `folder` at the same time. Where one rank
// cannot make its window, the others would wait for it inside of MPI for ever.
static int all_have_room(MPI_Comm node, const char *folder) {
  int file = mpis_take_room(folder, 2 * sysconf(_SC_PAGESIZE));
  int room = file >= 0, all = 0;
  int code = MPI_Allreduce(&room, &all, 1, MPI_INT, MPI_MIN, node);
  if (file >= 0) close(file);
  // What the others have taken is given back before anybody needs it.
  if (code == MPI_SUCCESS) code = MPI_Barrier(node);
  return code == MPI_SUCCESS && all;
}

int32_t mpis_hang_bells(const char *folder, int32_t *lacks_room) {
  MPI_Comm node;
  *lacks_room = 0;
  int code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  if (code != MPI_SUCCESS) return code;
  int ranks = 0;
  MPI_Comm_size(node, &ranks);
  if (ranks == 1) return MPI_Comm_free(&node);
  MPI_Comm_set_errhandler(node, MPI_ERRORS_RETURN);
  if (!all_have_room(node, folder)) {
    *lacks_room = 1;
    return MPI_Comm_free(&node);
  }
  code = MPI_Win_allocate_shared(sizeof *own, 1, MPI_INFO_NULL, node, &own, &window);
  if (code == MPI_SUCCESS) {
    atomic_store(&own->rung, 0);
    atomic_store(&own->listening, 0);
    code = find_bells(node);
  }
  // All ranks of a node have bells, or none: who listens must be sure that somebody rings.
  int hang = code == MPI_SUCCESS, all_hang = 0;
  code = MPI_Allreduce(&hang, &all_hang, 1, MPI_INT, MPI_MIN, node);
  if (!all_hang) {
    free(bells);
    bells = NULL;
  }
  MPI_Comm_free(&node);
  return code;
}

int32_t mpis_take_down_bells(void) {
  free(bells);
  bells = NULL;
  return window == MPI_WIN_NULL ? MPI_SUCCESS : MPI_Win_free(&window);
}

int32_t mpis_has_bell(int32_t rank) { return bells && bells[rank]; }

void mpis_ring(int32_t rank) {
  if (!mpis_has_bell(rank)) return;
  bell *bell = bells[rank];
  atomic_fetch_add(&bell->rung, 1);
  // Either this sees that its owner listens, or the owner sees the ring before it falls asleep.
  if (atomic_load(&bell->listening)) syscall(SYS_futex, &bell->rung, FUTEX_WAKE, 1, NULL, NULL, 0);
}

uint32_t mpis_ring_count(void) { return bells ? atomic_load(&own->rung) : 0; }

void mpis_listen(uint32_t heard, int64_t nanoseconds) {
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  atomic_store(&own->listening, 1);
  syscall(SYS_futex, &own->rung, FUTEX_WAIT, heard, &time, NULL, 0);
  atomic_store(&own->listening, 0);
}
