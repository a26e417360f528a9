// What a network does, seen from a program:
//
//   probe listen PORT               answers the others, until it is killed
//   probe ping ADDRESS PORT COUNT   the median of COUNT round trips of 64 bytes, halved, in us
//   probe stream ADDRESS PORT MIB   megabytes a second, of so many MiB over one connection
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint8_t bytes[1 << 18];

static void check(int fine, const char *what) {
  if (fine) return;
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int by_size(const void *one, const void *other) {
  const double difference = *(const double *)one - *(const double *)other;
  return (difference > 0) - (difference < 0);
}

static struct sockaddr_in name_of(const char *address, const char *port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  check(inet_aton(address, &name.sin_addr), address);
  return name;
}

static void answer(const char *port) {
  struct sockaddr_in name = name_of("0.0.0.0", port);
  const int echo = socket(AF_INET, SOCK_DGRAM, 0), sink = socket(AF_INET, SOCK_STREAM, 0);
  check(!bind(echo, (struct sockaddr *)&name, sizeof name), "bind");
  check(!bind(sink, (struct sockaddr *)&name, sizeof name) && !listen(sink, 4), "listen");
  for (;;) {
    struct pollfd polled[] = {{.fd = echo, .events = POLLIN}, {.fd = sink, .events = POLLIN}};
    check(poll(polled, 2, -1) > 0, "poll");
    if (polled[0].revents) {
      socklen_t length = sizeof name;
      const ssize_t size =
          recvfrom(echo, bytes, sizeof bytes, 0, (struct sockaddr *)&name, &length);
      check(sendto(echo, bytes, (size_t)size, 0, (struct sockaddr *)&name, length) == size, "send");
    }
    if (polled[1].revents) {
      const int stream = accept(sink, NULL, NULL);
      while (read(stream, bytes, sizeof bytes) > 0) continue;
      check(write(stream, bytes, 1) == 1, "write");
      close(stream);
    }
  }
}

static void ping(struct sockaddr_in name, int count) {
  double *times = malloc((size_t)count * sizeof *times);
  const int echo = socket(AF_INET, SOCK_DGRAM, 0);
  check(times && !connect(echo, (struct sockaddr *)&name, sizeof name), "connect");
  for (int index = 0; index < count; index++) {
    const double begin = now();
    check(send(echo, bytes, 64, 0) == 64 && recv(echo, bytes, sizeof bytes, 0) == 64, "ping");
    times[index] = (now() - begin) / 2 * 1e6;
    usleep(3000);
  }
  qsort(times, (size_t)count, sizeof *times, by_size);
  printf("%.0f\n", times[count / 2]);
}

static void measure_stream(struct sockaddr_in name, size_t size) {
  const int stream = socket(AF_INET, SOCK_STREAM, 0);
  check(!connect(stream, (struct sockaddr *)&name, sizeof name), "connect");
  const double begin = now();
  for (size_t left = size; left > 0;) {
    const ssize_t written = write(stream, bytes, left < sizeof bytes ? left : sizeof bytes);
    check(written > 0, "write");
    left -= (size_t)written;
  }
  shutdown(stream, SHUT_WR);
  check(read(stream, bytes, 1) == 1, "read");
  printf("%.1f\n", (double)size / (now() - begin) / 1e6);
}

int main(int count, char **arguments) {
  if (count == 3 && !strcmp(arguments[1], "listen")) answer(arguments[2]);
  if (count == 5 && !strcmp(arguments[1], "ping")) {
    ping(name_of(arguments[2], arguments[3]), atoi(arguments[4]));
    return 0;
  }
  if (count == 5 && !strcmp(arguments[1], "stream")) {
    measure_stream(name_of(arguments[2], arguments[3]), (size_t)atoi(arguments[4]) << 20);
    return 0;
  }
  fprintf(stderr, "usage: probe listen PORT | ping ADDRESS PORT COUNT | stream ADDRESS PORT MIB\n");
  return 64;
}
