// Put in front of the C library by time.test.js: the wall clock is off by as many seconds as stand in the
// file WALL_CLOCK_OFFSET, a 64-bit integer that may change at any time. The steady clock is left alone.
// What waits for a moment of the wall clock, which cannot be moved here, is told on standard error.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *offset;

__attribute__((constructor)) static void map_offset(void) {
  const int file = open(getenv("WALL_CLOCK_OFFSET"), O_RDONLY);
  void *mapped = mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) {
    abort();
  }
  offset = mapped;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  const int result = (int)syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && offset != NULL) {
    time->tv_sec += *offset;
  }
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != NULL) {
    *result = now.tv_sec;
  }
  return now.tv_sec;
}

static void *waits_by_the_wall_clock(const char *name) {
  static const char text[] = "waits by the wall clock\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) {
    abort();
  }
  return dlsym(RTLD_NEXT, name);
}

int timerfd_create(int clock, int flags) {
  int (*next)(int, int) = clock == CLOCK_REALTIME ? waits_by_the_wall_clock("timerfd_create") : dlsym(RTLD_NEXT, "timerfd_create");
  return next(clock, flags);
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) =
      waits_by_the_wall_clock("pthread_cond_timedwait");
  return next(condition, mutex, until);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
  int (*next)(sem_t *, const struct timespec *) = waits_by_the_wall_clock("sem_timedwait");
  return next(semaphore, until);
}
