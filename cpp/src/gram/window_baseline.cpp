#include "gram/window_impl.hpp"

namespace elltwo::window {

const Kernels kernels_baseline = {"baseline", 2, sums<2>, fits<2>};

}  // namespace elltwo::window
