#include "kernels/network_impl.hpp"

namespace elltwo::network {

const Kernels kernels_baseline = make_network_kernels<4, 4, 1>("baseline");

}  // namespace elltwo::network
