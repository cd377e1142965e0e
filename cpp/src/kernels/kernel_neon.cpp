#include "kernels/kernel_impl.hpp"

namespace elltwo {

// 32 registers of 2 doubles: 24 accumulators for 4 x 12, 6 for the row of b.
const Kernels kernels_neon = make_kernels<4, 4, 3, 2>("neon");

}  // namespace elltwo
