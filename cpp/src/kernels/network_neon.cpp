#include "kernels/network_impl.hpp"

namespace elltwo::network {

const Kernels kernels_neon = make_network_kernels<4, 4, 3>("neon");

}  // namespace elltwo::network
