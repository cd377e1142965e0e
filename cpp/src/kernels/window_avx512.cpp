#include "kernels/window_impl.hpp"

namespace elltwo::window {

const Kernels kernels_avx512 = {"avx512", 8, pack<8>, sums<8>, fits<8>};

}  // namespace elltwo::window
