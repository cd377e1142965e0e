#include "kernels/window_impl.hpp"

namespace elltwo::window {

const Kernels kernels_baseline = {"baseline", 4, pack<4>, sums<4>, fits<4>};

}  // namespace elltwo::window
