#include "apps/bench/generator/process.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  check_system(clock_gettime(clock, &time) == 0, "clock_gettime");
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace

nanoseconds cpu_time_of(int pid) {
  clockid_t clock{};
  if (clock_getcpuclockid(pid, &clock) != 0) {
    throw Failure("there is no process " + std::to_string(pid));
  }
  return read_clock(clock);
}

nanoseconds own_cpu_time() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

std::size_t resident_bytes_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::size_t all_pages = 0;
  std::size_t resident_pages = 0;
  if (!(file >> all_pages >> resident_pages)) {
    throw Failure("there is no process " + std::to_string(pid));
  }
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void raise_descriptor_limit() {
  rlimit limit{};
  check_system(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  check_system(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
}

}  // namespace bench
