#include "kernels/direct.hpp"

#include <cstring>

#include "kernels/table.hpp"

namespace elltwo::direct {

const Kernels& kernels() {
  [[maybe_unused]] const char* level = elltwo::kernels().name;
#if defined(ELLTWO_KERNELS_X86)
  for (const Kernels* each : {&kernels_avx512, &kernels_avx2}) {
    if (std::strcmp(each->name, level) == 0) return *each;
  }
#elif defined(ELLTWO_KERNELS_ARM)
  if (std::strcmp(kernels_neon.name, level) == 0) return kernels_neon;
#endif
  return kernels_baseline;
}

}  // namespace elltwo::direct
