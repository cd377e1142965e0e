#pragma once

#include <string>
#include <vector>

namespace elltwo {

/// Facts for bug reports.
struct BuildInfo {
  std::string blas;                         ///< the library's own description
  std::string simd;                         ///< kernel level in use
  std::vector<std::string> simd_available;  ///< levels that this machine can run, lowest first
  std::string compiler;
};

BuildInfo build_info();

/// Picks the kernel level (environment variable ELLTWO_SIMD, else the machine's best) and puts the
/// BLAS library on one thread. Throws std::invalid_argument for an unknown or unavailable level.
void initialize();

}  // namespace elltwo
