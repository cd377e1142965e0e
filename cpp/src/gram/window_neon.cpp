#include "gram/window_impl.hpp"

namespace elltwo::window {

const Kernels kernels_neon = {"neon", 2, sums<2>, fits<2>};

}  // namespace elltwo::window
