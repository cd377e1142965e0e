#include "kernels/network_impl.hpp"

namespace elltwo::network {

const Kernels kernels_avx2 = make_network_kernels<4, 4, 3>("avx2");

}  // namespace elltwo::network
