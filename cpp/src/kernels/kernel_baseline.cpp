#include "kernels/kernel_impl.hpp"

namespace elltwo {

// 16 registers of 2 doubles: a 4 x 4 tile takes 8 of them.
const Kernels kernels_baseline = make_kernels<4, 4, 1, 1>("baseline");

}  // namespace elltwo
