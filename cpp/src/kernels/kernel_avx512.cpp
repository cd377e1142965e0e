#include "kernels/kernel_impl.hpp"

namespace elltwo {

// 32 registers of 8 doubles: 24 accumulators, 3 for the row of b.
const Kernels kernels_avx512 = make_kernels<8, 8, 3, 3>("avx512");

}  // namespace elltwo
