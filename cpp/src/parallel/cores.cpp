#include "parallel/cores.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include "parallel/platform.hpp"

namespace elltwo {
namespace {

constexpr int unlimited = 1 << 16;

int cores_of(double quota, double period) {
  if (!(quota > 0.0 && period > 0.0)) return unlimited;
  return static_cast<int>(std::clamp(std::ceil(quota / period), 1.0, double{unlimited}));
}

// The quota of one control group in cores, from "quota period" or "max period" in one file
// (version 2), or from two files (version 1).
int quota_of(const std::string& folder) {
  double quota = -1.0, period = 0.0;
  if (std::ifstream both(folder + "/cpu.max"); both) {
    std::string text;
    both >> text >> period;
    if (text != "max" && !text.empty()) quota = std::strtod(text.c_str(), nullptr);
  } else {
    std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
    std::ifstream(folder + "/cpu.cfs_period_us") >> period;
  }
  return cores_of(quota, period);
}

// The least quota of a control group and of the groups that it is in. Within a container the path
// may be that of the host, of which only the root can be seen.
int least_quota(const std::string& root, std::string path) {
  int least = quota_of(root);
  for (; path.size() > 1; path.resize(path.rfind('/'))) {
    least = std::min(least, quota_of(root + path));
  }
  return least;
}

// The control groups of the process: lines "0::/path" (version 2), "4:cpu,cpuacct:/path" (1).
int quota_cores() {
  int least = unlimited;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto names = line.find(':') + 1, path = line.find(":/", names);
    if (names == 0 || path == std::string::npos) continue;
    const std::string controllers = "," + line.substr(names, path - names) + ",";
    if (controllers == ",,") {
      least = std::min(least, least_quota("/sys/fs/cgroup", line.substr(path + 1)));
    } else if (controllers.find(",cpu,") != std::string::npos) {
      least = std::min(least, least_quota("/sys/fs/cgroup/cpu", line.substr(path + 1)));
    }
  }
  return least;
}

}  // namespace

int available_cores() {
  static const int quota = quota_cores();
  return std::min(platform::affinity_cores(), quota);
}

}  // namespace elltwo
