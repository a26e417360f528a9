// A network in user space, for kernels that cannot delay packets (no netem): hosts are network
// namespaces, each with a TUN device, and this program carries their packets.
//
//   relay SECONDS BANDWIDTH LATENCY NAMESPACE=ADDRESS...
//
// Every host has a link of BANDWIDTH bits a second (1G) each way to a switch, and a packet takes
// LATENCY (1ms) from host to host beside the time that its bits take. What waits for a link is
// served by connection in turn, as Linux's own queue (fq_codel) does; nothing is lost. Ends after
// SECONDS, or with its parent.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { MOST_HOSTS = 64, FLOWS = 64, LONGEST = 1 << 16, AT_ONCE = 64 };

/// Bytes that may wait for a host's link here; beyond, they wait in the host.
static const size_t most_waiting = 32 << 20;
/// How far ahead of the link packets are given to it, as to the ring of a network card: saves most
/// of the timers. Nanoseconds.
static const uint64_t card = 150000;

struct packet {
  struct packet *next;
  uint64_t time;  // when it came here; later, when its last bit reaches the other host
  int to;
  size_t size;
  uint8_t bytes[];
};

struct queue {
  struct packet *first, *last;
};

struct host {
  uint32_t address;
  int device;
  struct queue flows[FLOWS];  // what waits for the link to the switch
  int served;                 // the flow whose turn it was
  size_t waiting;             // bytes in all flows
  uint64_t outwards;          // when the link to the switch is free
  uint64_t inwards;           // when the link from the switch is free
  struct queue arriving;      // in order of time
};

static struct host hosts[MOST_HOSTS];
static int host_count;
static uint64_t latency;  // nanoseconds
static double bandwidth;  // bits a second

static void fail(const char *what, const char *which) {
  fprintf(stderr, "relay: %s '%s': %s\n", what, which, strerror(errno));
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t later(uint64_t one, uint64_t other) { return one > other ? one : other; }

static void append(struct queue *queue, struct packet *packet) {
  packet->next = NULL;
  if (queue->first) queue->last->next = packet;
  else queue->first = packet;
  queue->last = packet;
}

static struct packet *take_first(struct queue *queue) {
  struct packet *packet = queue->first;
  queue->first = packet->next;
  return packet;
}

/// One of the flows, by protocol, addresses and ports.
static size_t flow_of(const uint8_t *bytes, size_t size) {
  const size_t header = (bytes[0] & 15u) * 4u;
  uint32_t words[3] = {0, 0, 0};
  memcpy(words, bytes + 12, 8);
  if ((bytes[9] == 6 || bytes[9] == 17) && size >= header + 4) memcpy(words + 2, bytes + header, 4);
  uint64_t mixed = bytes[9];
  for (int index = 0; index < 3; index++) mixed = (mixed ^ words[index]) * 0x9E3779B97F4A7C15u;
  return mixed >> 32 & (FLOWS - 1);
}

/// Takes what the host sends.
static void receive(struct host *host, uint64_t time) {
  static uint8_t bytes[LONGEST];
  for (int count = 0; count < AT_ONCE && host->waiting < most_waiting; count++) {
    const ssize_t size = read(host->device, bytes, sizeof bytes);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size < 0)
      fail("cannot read from the device of", inet_ntoa((struct in_addr){host->address}));
    if (size < 20 || bytes[0] >> 4 != 4) continue;
    uint32_t address;
    memcpy(&address, bytes + 16, 4);
    for (int to = 0; to < host_count; to++) {
      if (hosts[to].address != address) continue;
      struct packet *packet = malloc(sizeof *packet + (size_t)size);
      if (!packet) fail("no memory for", "a packet");
      *packet = (struct packet){.time = time, .to = to, .size = (size_t)size};
      memcpy(packet->bytes, bytes, (size_t)size);
      append(&host->flows[flow_of(bytes, (size_t)size)], packet);
      host->waiting += (size_t)size;
    }
  }
}

/// Puts packets on the host's link to the switch, a flow after the other. A packet's first bit
/// reaches the other's link after the latency, and waits there for those that came before.
static void serve(struct host *host, uint64_t time) {
  while (host->waiting > 0 && host->outwards <= time + card) {
    do host->served = (host->served + 1) % FLOWS;
    while (!host->flows[host->served].first);
    struct packet *packet = take_first(&host->flows[host->served]);
    host->waiting -= packet->size;
    const uint64_t duration = (uint64_t)((double)packet->size * 8e9 / bandwidth);
    const uint64_t begin = later(host->outwards, packet->time);
    host->outwards = begin + duration;
    struct host *other = &hosts[packet->to];
    other->inwards = later(other->inwards, begin + latency) + duration;
    packet->time = other->inwards;
    append(&other->arriving, packet);
  }
}

/// Hands over what has arrived.
static void deliver(struct host *host, uint64_t time) {
  while (host->arriving.first && host->arriving.first->time <= time) {
    struct packet *packet = take_first(&host->arriving);
    // A host that is down takes nothing.
    if (write(host->device, packet->bytes, packet->size) < 0 && errno != EIO) {
      fail("cannot write to the device of", inet_ntoa((struct in_addr){host->address}));
    }
    free(packet);
  }
}

static void carry(void) {
  struct pollfd polled[MOST_HOSTS];
  for (;;) {
    const uint64_t time = now();
    uint64_t next = UINT64_MAX;
    for (int index = 0; index < host_count; index++) serve(&hosts[index], time);
    for (int index = 0; index < host_count; index++) {
      struct host *host = &hosts[index];
      deliver(host, time);
      if (host->arriving.first && host->arriving.first->time < next) {
        next = host->arriving.first->time;
      }
      if (host->waiting > 0 && host->outwards - card < next) next = host->outwards - card;
      const short events = host->waiting < most_waiting ? POLLIN : 0;
      polled[index] = (struct pollfd){.fd = host->device, .events = events};
    }
    const uint64_t since = now(), left = next > since ? next - since : 0;
    struct timespec pause = {.tv_sec = (time_t)(left / 1000000000u),
                             .tv_nsec = (long)(left % 1000000000u)};
    if (ppoll(polled, (nfds_t)host_count, next == UINT64_MAX ? NULL : &pause, NULL) <= 0) continue;
    const uint64_t came = now();
    for (int index = 0; index < host_count; index++) {
      if (polled[index].revents & POLLIN) receive(&hosts[index], came);
    }
  }
}

/// Opens the device `eth0` of the host's namespace.
static void add_host(char *text) {
  char path[128], *equals = strchr(text, '=');
  struct in_addr address;
  if (host_count == MOST_HOSTS) fail("too many hosts with", text);
  if (!equals || !inet_aton(equals + 1, &address)) fail("not NAMESPACE=ADDRESS:", text);
  snprintf(path, sizeof path, "/run/netns/%.*s", (int)(equals - text), text);
  const int space = open(path, O_RDONLY | O_CLOEXEC);
  if (space < 0 || setns(space, CLONE_NEWNET) < 0) fail("cannot enter the namespace", path);
  close(space);
  const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strcpy(request.ifr_name, "eth0");
  if (device < 0 || ioctl(device, TUNSETIFF, &request) < 0) fail("cannot open a device for", text);
  hosts[host_count++] = (struct host){.address = address.s_addr, .device = device};
}

/// A number with a unit of the list, as a multiple of the list's first: 1G, 1ms.
static double quantity(const char *text, const char *const units[], const double factors[]) {
  char *end;
  const double number = strtod(text, &end);
  for (int index = 0; units[index]; index++) {
    if (end != text && number >= 0 && !strcmp(end, units[index])) return number * factors[index];
  }
  errno = EINVAL;
  fail("not a quantity:", text);
  return 0;
}

int main(int count, char **arguments) {
  if (count < 6) {
    fprintf(stderr, "usage: relay SECONDS BANDWIDTH LATENCY NAMESPACE=ADDRESS...\n");
    return 64;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  alarm((unsigned)atoi(arguments[1]));
  bandwidth = quantity(arguments[2], (const char *const[]){"G", "M", "K", NULL},
                       (const double[]){1e9, 1e6, 1e3});
  latency = (uint64_t)quantity(arguments[3], (const char *const[]){"ms", "us", "s", NULL},
                               (const double[]){1e6, 1e3, 1e9});
  if (bandwidth <= 0) fail("no bandwidth:", arguments[2]);
  for (int index = 4; index < count; index++) add_host(arguments[index]);
  // Packets must not wait for processes that compute, nor for the end of a timer's slack.
  prctl(PR_SET_TIMERSLACK, 1);
  sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
  printf("ready\n");
  fflush(stdout);
  carry();
}
