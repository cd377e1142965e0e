#pragma once

#include <string>
#include <vector>

namespace elltwo {

/// What a report of a defect should state.
struct BuildInfo {
  std::string blas;  ///< as the BLAS library describes itself
  std::string simd;  ///< instruction set of the kernels in use
  std::vector<std::string>
      simd_available;  ///< instruction sets that this machine can run, lowest first
  std::string compiler;
};

BuildInfo build_info();

/// Selects the kernels' instruction set (the environment variable ELLTWO_SIMD, or else the best of
/// this machine) and sets a vendored BLAS library to one thread. Throws std::invalid_argument for
/// an instruction set that is unknown or that this machine lacks. To be called once, before any
/// fit.
void initialize();

}  // namespace elltwo
