#include "kernels/window_impl.hpp"

namespace elltwo::window {

const Kernels kernels_neon = {"neon", 4, pack<4>, sums<4>, fits<4>};

}  // namespace elltwo::window
