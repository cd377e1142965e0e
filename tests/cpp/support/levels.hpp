#pragma once

#include <array>

#include "check.hpp"
#include "kernels/table.hpp"

namespace elltwo::test {

/// Calls f(kernels) for every instruction set that this build and machine have.
template <class F>
void for_each_level(F f) {
  for (const char* name : std::array{"baseline", "avx2", "avx512", "neon"}) {
    if (const Kernels* kernels = find_kernels(name)) {
      const Case which(name);
      f(*kernels);
    }
  }
}

}  // namespace elltwo::test
