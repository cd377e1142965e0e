#include "kernels/network.hpp"

#include <cstring>

#include "kernels/table.hpp"

namespace elltwo::network {

const Kernels& kernels_named(const char* name) {
#if defined(ELLTWO_KERNELS_X86)
  for (const Kernels* each : {&kernels_avx512, &kernels_avx2}) {
    if (std::strcmp(each->name, name) == 0) return *each;
  }
#elif defined(ELLTWO_KERNELS_ARM)
  if (std::strcmp(kernels_neon.name, name) == 0) return kernels_neon;
#endif
  return kernels_baseline;
}

const Kernels& kernels() { return kernels_named(elltwo::kernels().name); }

}  // namespace elltwo::network
