#include <array>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "elltwo/build_info.hpp"
#include "kernels/table.hpp"
#include "linalg/blas.hpp"

namespace elltwo {
namespace {

struct Level {
  const Kernels* kernels;
  bool (*runs_here)();
};

bool always() { return true; }

#if defined(ELLTWO_KERNELS_X86)
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}
constexpr std::array levels{Level{&kernels_baseline, always}, Level{&kernels_avx2, has_avx2},
                            Level{&kernels_avx512, has_avx512}};
#elif defined(ELLTWO_KERNELS_ARM)
constexpr std::array levels{Level{&kernels_baseline, always}, Level{&kernels_neon, always}};
#else
constexpr std::array levels{Level{&kernels_baseline, always}};
#endif

std::string available_names() {
  std::string names;
  for (const auto& level : levels) {
    if (level.runs_here()) names += (names.empty() ? "" : ", ") + std::string(level.kernels->name);
  }
  return names;
}

const Kernels& choose() {
  if (const char* wanted = std::getenv("ELLTWO_SIMD"); wanted != nullptr && *wanted != '\0') {
    if (const Kernels* found = find_kernels(wanted)) return *found;
    throw std::invalid_argument("ELLTWO_SIMD must name an instruction set that this machine has (" +
                                available_names() + "), got '" + wanted + "'");
  }
  const Kernels* best = levels.front().kernels;
  for (const auto& level : levels) {
    if (level.runs_here()) best = level.kernels;
  }
  return *best;
}

}  // namespace

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

const Kernels* find_kernels(const char* name) {
  for (const auto& level : levels) {
    if (std::strcmp(name, level.kernels->name) == 0 && level.runs_here()) return level.kernels;
  }
  return nullptr;
}

void initialize() {
  kernels();
  blas::use_one_thread();
}

BuildInfo build_info() {
  BuildInfo info{.blas = blas::description(),
                 .simd = kernels().name,
                 .simd_available = {},
                 .compiler = __VERSION__};
  for (const auto& level : levels) {
    if (level.runs_here()) info.simd_available.emplace_back(level.kernels->name);
  }
  return info;
}

}  // namespace elltwo
