#include "kernels/network_impl.hpp"

namespace elltwo::network {

const Kernels kernels_avx512 = make_network_kernels<8, 8, 3>("avx512");

}  // namespace elltwo::network
