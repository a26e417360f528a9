#pragma once

// A library that is loaded into mpirun ahead of all others (LD_PRELOAD), never linked.

#include <sys/socket.h>

/// What the system's `bind` does, but for a socket that shall be reached over every interface: it
/// is reached over the loopback interface only. Open MPI 4.1 has no option for mpirun's own port.
int bind(int socket, const struct sockaddr *address, socklen_t length);
