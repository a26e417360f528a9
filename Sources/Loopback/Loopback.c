#define _GNU_SOURCE
#include "Loopback.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int bind(int socket, const struct sockaddr *address, socklen_t length) {
  union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
  } local;
  if (length >= sizeof local.any && length <= sizeof local) {
    memcpy(&local, address, length);
    if (local.any.sa_family == AF_INET && length >= sizeof local.four &&
        local.four.sin_addr.s_addr == htonl(INADDR_ANY)) {
      local.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      address = &local.any;
    } else if (local.any.sa_family == AF_INET6 && length >= sizeof local.six &&
               IN6_IS_ADDR_UNSPECIFIED(&local.six.sin6_addr)) {
      local.six.sin6_addr = in6addr_loopback;
      address = &local.any;
    }
  }
  return (int)syscall(SYS_bind, socket, address, length);
}
