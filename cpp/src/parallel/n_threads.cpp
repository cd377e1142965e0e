#include "parallel/n_threads.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include "parallel/platform.hpp"

namespace elltwo {
namespace {

// Floating-point operations for which another thread pays for its start.
constexpr double operations_per_thread = 4e6;

// Cores that the process' control group allows, read from "quota period" or "max period" in one
// file (cgroup v2), or from two files (v1).
int quota_cores() {
  double quota = -1.0;
  double period = 0.0;
  if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2) {
    std::string text;
    v2 >> text >> period;
    if (text != "max" && !text.empty()) quota = std::strtod(text.c_str(), nullptr);
  } else {
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") >> quota;
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_period_us") >> period;
  }
  if (quota <= 0.0 || period <= 0.0) return 1 << 16;
  return std::max(1, static_cast<int>(std::ceil(quota / period)));
}

}  // namespace

int available_cores() {
  static const int quota = quota_cores();
  return std::min(platform::affinity_cores(), quota);
}

int threads_for(int requested, double work) {
  const double worth = std::max(1.0, work / operations_per_thread);
  if (worth < 2.0 || requested == 1) return 1;
  const int limit = requested > 0 ? requested : available_cores();
  return static_cast<int>(std::min<double>(limit, worth));
}

}  // namespace elltwo
