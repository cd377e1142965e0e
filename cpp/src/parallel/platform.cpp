#include "parallel/platform.hpp"

#include <algorithm>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#include <sys/mman.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace elltwo::platform {

int affinity_cores() {
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void use_huge_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
  madvise(begin, bytes, MADV_HUGEPAGE);
#endif
}

void at_fork([[maybe_unused]] void (*before)(), [[maybe_unused]] void (*after_in_parent)(),
             [[maybe_unused]] void (*after_in_child)()) {
#if defined(__unix__) || defined(__APPLE__)
  pthread_atfork(before, after_in_parent, after_in_child);
#endif
}

}  // namespace elltwo::platform
