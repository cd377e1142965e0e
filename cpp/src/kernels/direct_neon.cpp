#include "kernels/direct_impl.hpp"

namespace elltwo::direct {

const Kernels kernels_neon = kernels_of<4>("neon");

}  // namespace elltwo::direct
