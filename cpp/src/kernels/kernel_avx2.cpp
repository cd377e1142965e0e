#include "kernels/kernel_impl.hpp"

namespace elltwo {

// 16 registers of 4 doubles: 12 accumulators, 3 for the row of b, 1 for the broadcast.
const Kernels kernels_avx2 = make_kernels<4, 4, 3, 2>("avx2");

}  // namespace elltwo
